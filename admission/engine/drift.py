"""What is stored, held against what its templates say today: ``argo-admission expand --check``."""

from __future__ import annotations

from collections.abc import Iterator

from admission.engine.status import is_merged
from admission.model.annotations import EXPANDED_FROM, entries
from admission.model.catalog import UNAVAILABLE, Answer
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.snapshot import Snapshot
from admission.trust import pins
from admission.trust.digest import digest

#: Kinds that are stored with what templates said at one time.
STORED = ("Workflow", "CronWorkflow")

_EXPANDED = Path(("metadata", "annotations", EXPANDED_FROM))
_FROZEN = Path(("status", "storedWorkflowTemplateSpec"))


def findings(document: Document, namespace: str, snapshot: Snapshot) -> Iterator[Finding]:
    """
    Where *document* is not what its templates would make of it today.

    That is what it was made of (``expanded-from``), what it pins, and the spec that the controller has frozen.
    """
    where = text(mapping(document.get("metadata")).get("namespace")) or namespace
    for entry in entries(document, EXPANDED_FROM):
        kind, name = text(entry.get("kind")), text(entry.get("name"))
        yield from _changed(_EXPANDED, kind, name, text(entry.get("digest")), where, snapshot)
    for target, wanted in pins.pins(document).items():
        scope, _, name = target.partition("/")
        kind = "ClusterWorkflowTemplate" if scope == "cluster" else "WorkflowTemplate"
        yield from _changed(pins.PLACE, kind, name, wanted, where, snapshot)
    stored = mapping(document.get("status")).get("storedWorkflowTemplateSpec")
    if stored and not is_merged(document, stored, where, snapshot):
        yield _finding(_FROZEN, "what the controller has frozen is not what the reference says today")


def _changed(path: Path, kind: str, name: str, before: str, namespace: str, snapshot: Snapshot) -> Iterator[Finding]:
    """Whether the template of that name is another than *before*."""
    found = _look_up(kind, name, namespace, snapshot)
    if found is UNAVAILABLE:
        yield Finding("expand/unknown", path, f"{kind} {name!r} could not be looked up", Action.WARN)
    elif not isinstance(found, dict):
        yield _finding(path, f"{kind} {name!r} is gone; it was {before}")
    elif (now := digest(found)) != before:
        yield _finding(path, f"{kind} {name!r} is another today: {now}; it was {before}")


def _look_up(kind: str, name: str, namespace: str, snapshot: Snapshot) -> Answer:
    if kind == "ClusterWorkflowTemplate":
        return snapshot.catalog.cluster_workflow_template(name)
    return snapshot.catalog.workflow_template(namespace, name)


def _finding(path: Path, message: str) -> Finding:
    return Finding("expand/differs", path, message, Action.DENY)
