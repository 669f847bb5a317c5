"""
Status that comes with a new Workflow: it is the controller's, and the controller believes what stands there.

Two commands of Argo bring one all the same. A memoized resubmission has the nodes that need not run again, and the
templates that they ran. A retry from the archive has all of the old run; that is taken only from who is configured to
submit such, and what it says of templates must be what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.argo.expand import merge_only
from admission.argo.expansion import holders
from admission.argo.languages.tags import OPEN
from admission.argo.pod_metadata import with_pod_metadata
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import Request
from admission.snapshot import Snapshot

#: The label of what ``argo resubmit`` makes.
_RESUBMITTED = "workflows.argoproj.io/resubmitted-from-workflow"

#: What a memoized resubmission brings (argo-controller-config 3, writes by others).
_MEMOIZED = frozenset({"nodes", "storedTemplates", "conditions"})

#: What nobody but the controller brings, not even from the archive: a retry empties these.
_NEVER = frozenset({"persistentVolumeClaims", "synchronization"})

#: What is compared with what it should be, part by part.
_COMPARED = frozenset({"storedTemplates", "storedWorkflowTemplateSpec"})

_MESSAGE = "status is written by the workflow controller; leave it out"


def findings(request: Request, snapshot: Snapshot) -> Iterator[Finding]:
    """What of the status of a Workflow that is created may not be there."""
    document, user = request.object or {}, request.user.username
    status = mapping(document.get("status"))
    if not status or request.kind.kind != "Workflow" or user in snapshot.settings.controller_users:
        return
    archived = user in snapshot.settings.status_submitters
    memoized = _RESUBMITTED in mapping(mapping(document.get("metadata")).get("labels"))
    for part, value in status.items():
        # Argo's own client writes times that are null into a status that says nothing.
        if not value or part in _COMPARED:
            continue
        if part in _NEVER or not (archived or (memoized and part in _MEMOIZED)):
            yield _belongs_to_the_controller(Path(("status", part)))
    if archived or memoized:
        yield from _stored_templates(request, status, snapshot)
    elif status.get("storedTemplates"):
        yield _belongs_to_the_controller(Path(("status", "storedTemplates")))
    stored = status.get("storedWorkflowTemplateSpec")
    if stored and not (archived and is_merged(document, stored, request.namespace, snapshot)):
        yield _belongs_to_the_controller(Path(("status", "storedWorkflowTemplateSpec")))


def _belongs_to_the_controller(path: Path) -> Finding:
    return Finding("update/status", path, _MESSAGE, Action.DENY)


def _stored_templates(request: Request, status: Document, snapshot: Snapshot) -> Iterator[Finding]:
    for stored, template in mapping(status.get("storedTemplates")).items():
        known = map(_without_empty, _as_stored(stored, request.namespace, snapshot))
        if _without_empty(template) not in known:
            yield _belongs_to_the_controller(Path(("status", "storedTemplates", stored)))


def _as_stored(stored: str, namespace: str, snapshot: Snapshot) -> Iterator[Document]:
    """What ``storedTemplates`` may mean by ``<scope>/<resource>/<template>``, as the catalog has it."""
    scope, _, rest = stored.partition("/")
    resource, _, name = rest.partition("/")
    catalog = snapshot.catalog
    if scope == "cluster":
        found = catalog.cluster_workflow_template(resource)
    else:
        found = catalog.workflow_template(namespace, resource)
    spec = mapping(mapping(found).get("spec"))
    for template in map(mapping, sequence(spec.get("templates"))):
        if template.get("name") == name:
            # It is stored with the metadata that its object gives to pods: by version one or the other wins.
            yield template
            yield with_pod_metadata(template, spec, newest=True)
            yield with_pod_metadata(template, spec, newest=False)
        for _, holder in holders.of_template(template, Path()):
            if isinstance(holder.get("inline"), dict) and f"inline/{text(holder.get('name'))}" == name:
                yield holder["inline"]


def is_merged(document: Document, stored: Any, namespace: str, snapshot: Snapshot) -> bool:
    """Whether *stored* is what the controller would make now of the spec and of the template that it refers to."""
    bare = {name: value for name, value in document.items() if name != "status"}
    version = snapshot.settings.argo_version
    merged = merge_only(bare, snapshot.catalog, namespace=namespace or "default", argo_version=version)
    if merged.missing or merged.error or not mapping(merged.document.get("spec")).get("workflowTemplateRef"):
        return False
    expected = {name: value for name, value in merged.document["spec"].items() if name != "workflowTemplateRef"}
    given = {name: value for name, value in mapping(stored).items() if name != "workflowTemplateRef"}
    return _became(_without_empty(expected), _without_empty(given))


def _became(merged: Any, stored: Any) -> bool:
    """Whether *stored* is *merged*, but for variables of the Workflow, which the controller has put in."""
    if isinstance(merged, dict):
        same_keys = isinstance(stored, dict) and merged.keys() == stored.keys()
        return same_keys and all(_became(value, stored[key]) for key, value in merged.items())
    if isinstance(merged, list):
        same_length = isinstance(stored, list) and len(merged) == len(stored)
        return same_length and all(map(_became, merged, stored))
    return bool(merged == stored) or (isinstance(merged, str) and OPEN in merged and isinstance(stored, str))


def _without_empty(value: Any) -> Any:
    """*value* without what Go leaves out, or writes though nobody said it: what is empty."""
    if isinstance(value, dict):
        kept = {key: _without_empty(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    return value
