"""What may be put into a Workflow whose controller restricts it to its template (``templateReferencing``)."""

from __future__ import annotations

from collections.abc import Iterable

from admission.argo.expansion.restrict import forbidden
from admission.model.document import Document, mapping
from admission.model.path import Path
from admission.policy.resource import Changed

_SPEC = Path(("spec",))


def allowed_in(
    mode: str, before: Document, after: Document, changes: Iterable[Changed], *, newest: bool
) -> tuple[Document, tuple[Changed, ...], tuple[str, ...]]:
    """
    *after* without what *mode* forbids and *before* has not; the changes that are left; what to say of the others.

    The controller would end the Workflow for it, whoever put it in.
    """
    own, made = mapping(before.get("spec")), mapping(after.get("spec"))
    refused = {str(path[1]) for path, _ in forbidden(made, _SPEC, mode, newest=newest) if len(path) > 1}
    refused = {name for name in refused if own.get(name) != made.get(name)}
    if not refused:
        return after, tuple(changes), ()
    spec = {name: value for name, value in made.items() if name not in refused}
    spec |= {name: own[name] for name in own if name in refused}
    by_policies = list(changes)
    kept = tuple(change for change in by_policies if not (len(change.path) > 1 and change.path[1] in refused))
    notes = tuple(
        f"{change.path} was not set by {change.reason}: the controller would not run it (templateReferencing: {mode})"
        for change in by_policies
        if change not in kept
    )
    return {**after, "spec": spec}, kept, notes
