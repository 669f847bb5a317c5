"""Who is recorded as the author of a schedule or an event binding, and what says otherwise (interfaces.md 7)."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.update import SpecEdit, spec_edit
from admission.model.annotations import AUTHOR
from admission.model.document import mapping
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import Request
from admission.trust import author

#: What is started later, by somebody else: the controller, or whoever sends an event.
RECORDED = ("CronWorkflow", "WorkflowEventBinding")

_PLACE = Path(("metadata", "annotations", AUTHOR))


def expected(request: Request) -> str:
    """What the annotation must say: who made the object, or changed its spec in more than ``suspend`` since."""
    old, new = request.old_object or {}, request.object or {}
    if request.operation == "CREATE":
        return author.written(request.user)
    change = spec_edit(request.kind.kind, mapping(old.get("spec")), mapping(new.get("spec")))
    return author.written(request.user) if change > SpecEdit.RUN_CONTROL else author.recorded(old)


def findings(request: Request) -> Iterator[Finding]:
    """What is wrong with the annotation."""
    if request.kind.kind not in RECORDED:
        return
    wanted, said = expected(request), author.recorded(request.object or {})
    if said == wanted:
        return
    if said:
        message = "is written by the webhook alone: leave it out"
    elif author.recorded(request.old_object or {}):
        message = "must not be removed"
    else:
        message = "is missing: the mutating webhook did not record who this is from; apply it again"
    yield Finding("update/author", _PLACE, message, Action.DENY)
