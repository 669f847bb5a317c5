"""Status that comes with a new Workflow: it is the controller's, and the controller believes what stands there."""

from __future__ import annotations

from collections.abc import Iterator

from admission.model.document import Document, mapping, sequence
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import Request
from admission.snapshot import Snapshot

#: Parts of a status that decide what runs, and that nobody but the controller may bring (argo-threats 2.7).
_NEVER = ("storedWorkflowTemplateSpec", "persistentVolumeClaims", "artifactRepositoryRef")

_MESSAGE = "status is written by the workflow controller; leave it out"


def findings(request: Request, snapshot: Snapshot) -> Iterator[Finding]:
    """What of the status of a Workflow that is created may not be there."""
    status = mapping((request.object or {}).get("status"))
    if not status or request.kind.kind != "Workflow" or request.user.username in snapshot.settings.controller_users:
        return
    for part in _NEVER:
        if status.get(part):
            yield _belongs_to_the_controller(Path(("status", part)))
    # A resubmission with memoized steps brings the templates that its nodes ran; they must be those that are there.
    for stored, template in mapping(status.get("storedTemplates")).items():
        if template != _as_stored(stored, request.namespace, snapshot):
            yield _belongs_to_the_controller(Path(("status", "storedTemplates", stored)))


def _belongs_to_the_controller(path: Path) -> Finding:
    return Finding("update/status", path, _MESSAGE, Action.DENY)


def _as_stored(stored: str, namespace: str, snapshot: Snapshot) -> Document | None:
    """The template that ``storedTemplates`` names as ``<scope>/<resource>/<template>``, as the catalog has it."""
    scope, _, rest = stored.partition("/")
    resource, _, name = rest.partition("/")
    catalog = snapshot.catalog
    if scope == "cluster":
        found = catalog.cluster_workflow_template(resource)
    else:
        found = catalog.workflow_template(namespace, resource)
    spec = mapping(mapping(found).get("spec"))
    return next((each for each in sequence(spec.get("templates")) if mapping(each).get("name") == name), None)
