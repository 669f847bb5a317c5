"""
Who is asking: whom a Workflow is judged as (interfaces.md 8).

That is the requester, but for two: what the controller creates for a CronWorkflow, and what is submitted for an event.
There the author counts whom we recorded on that object. Labels that say who made something are never trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.kinds import referred
from admission.engine.belief import kept_sources
from admission.model.catalog import UNAVAILABLE, Answer, Lookup
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import Request, User
from admission.snapshot import Snapshot
from admission.trust import author

#: The label that Argo's server sets on what it submits for an event (argo-workflows v4.1.2, server/event/dispatch).
EVENT_BINDING = "workflows.argoproj.io/workflow-event-binding"

_OWNERS = Path(("metadata", "ownerReferences"))


@dataclass(frozen=True, slots=True)
class Asker:
    """*author*: whom it is judged as, if not as the requester; *unknown*: why nobody knows who that is."""

    author: User | None = None
    unknown: str = ""


REQUESTER = Asker()


def asker(request: Request, snapshot: Snapshot) -> Asker:
    """Whom *request* is judged as."""
    if (request.kind.kind, request.operation) != ("Workflow", "CREATE"):
        return REQUESTER
    if request.user.username in snapshot.settings.controller_users:
        return _scheduled(request, snapshot)
    if request.user.username in snapshot.settings.event_submitters:
        return _submitted(request, snapshot)
    return REQUESTER


def findings(request: Request, snapshot: Snapshot) -> Iterator[Finding]:
    """The controller creates Workflows for CronWorkflows alone; one without such an owner is from somebody else."""
    by_controller = request.user.username in snapshot.settings.controller_users
    if by_controller and (request.kind.kind, request.operation) == ("Workflow", "CREATE") and _owner(request) is None:
        message = "the workflow controller creates Workflows for CronWorkflows alone, and none owns this one"
        yield Finding("update/owner", _OWNERS, message, Action.DENY)


def _scheduled(request: Request, snapshot: Snapshot) -> Asker:
    owner = _owner(request)
    if owner is None:
        return REQUESTER
    name = text(owner.get("name"))
    found = snapshot.catalog.get(Lookup("CronWorkflow", request.namespace, name))
    uid = text(mapping(found.get("metadata")).get("uid")) if isinstance(found, dict) else ""
    if isinstance(found, dict) and (not uid or uid != owner.get("uid")):
        return Asker(unknown=f"the CronWorkflow {name} is another one than the owner of this Workflow")
    return _author_of(f"the CronWorkflow {name}", found)


def _owner(request: Request) -> Document | None:
    """The reference to the CronWorkflow that controls the Workflow."""
    owners = map(mapping, sequence(mapping((request.object or {}).get("metadata")).get("ownerReferences")))
    for owner in owners:
        argo = text(owner.get("apiVersion")).startswith("argoproj.io/")
        if argo and owner.get("kind") == "CronWorkflow" and owner.get("controller") is True:
            return owner
    return None


def _submitted(request: Request, snapshot: Snapshot) -> Asker:
    document = request.object or {}
    name = text(mapping(mapping(document.get("metadata")).get("labels")).get(EVENT_BINDING))
    if not name:
        return REQUESTER
    found = snapshot.catalog.get(Lookup("WorkflowEventBinding", request.namespace, name))
    if isinstance(found, dict) and not _refers_to_the_same(document, found, request, snapshot):
        return REQUESTER
    return _author_of(f"the WorkflowEventBinding {name}", found)


def _refers_to_the_same(document: Document, binding: Document, request: Request, snapshot: Snapshot) -> bool:
    """Whether *document* runs the template that *binding* submits: by its reference, or by what was written out."""
    wanted = _template(mapping(mapping(binding.get("spec")).get("submit")))
    if not wanted[1]:
        return False
    spec = mapping(document.get("spec"))
    if "workflowTemplateRef" in spec:
        # What is submitted for an event has nothing else (argo-workflows v4.1.2): more is somebody else's writing.
        return _template(spec) == wanted and spec.keys() <= {"workflowTemplateRef", "arguments"}
    sources = kept_sources(document, snapshot, request.namespace)
    return bool(sources) and (sources[0].get("kind"), sources[0].get("name")) == wanted


def _template(holder: Document) -> tuple[str, str]:
    """Kind and name of what the ``workflowTemplateRef`` of *holder* names."""
    return referred(mapping(holder.get("workflowTemplateRef")))


def _author_of(what: str, found: Answer) -> Asker:
    if not isinstance(found, dict):
        return Asker(unknown=f"{what} is {'not available' if found is UNAVAILABLE else 'not there'}")
    user = author.user_of(found)
    return Asker(user) if user else Asker(unknown=f"nobody recorded the author of {what}")
