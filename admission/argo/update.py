"""
What an UPDATE of one of Argo's objects changes, and who may change it.

Argo's Workflow has no status sub-resource: whoever may update a Workflow may write its status, and the controller
trusts what stands there. So an UPDATE by anybody but the controller is held against what Argo's own commands write
(suspend, resume, set, stop, terminate, retry: v4.0.5 and v4.1.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from admission.argo.labels import PREFIX
from admission.model.annotations import AUTHOR, CHANGES, EXPANDED_FROM
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: Labels and annotations under these prefixes are the controller's and ours.
SYSTEM_PREFIXES = (PREFIX, "argo-admission.io/")

#: Our own annotations; the others under our prefix are for authors (pins, parameters …).
OWN_ANNOTATIONS = (EXPANDED_FROM, CHANGES, AUTHOR)

#: What stop, suspend, terminate and resume write into a spec, by kind.
_RUN_CONTROL = {"Workflow": ("suspend", "shutdown", "activeDeadlineSeconds"), "CronWorkflow": ("suspend",)}

#: Fields of a running Workflow that change no pod.
_SOFT = ("parallelism", "priority", "ttlStrategy")

#: Labels that Argo's commands write, and those that a retry removes.
_ACTOR_LABELS = ("actor", "actor-email", "actor-preferred-username", "action")
_REMOVED_BY_RETRY = ("completed", "workflow-archiving-status")

#: Annotations of the controller; others under its prefix are for people (title, description).
_CONTROLLERS_ANNOTATIONS = ("pod-name-format", "scheduled-time", "trace-id")

_FINISHED = ("Succeeded", "Failed", "Error")


class SpecEdit(IntEnum):
    """How much an UPDATE changes of the spec, from nothing to anything."""

    NOTHING = 0
    RUN_CONTROL = 1
    SOFT = 2
    ANYTHING = 3


@dataclass(frozen=True, slots=True)
class Update:
    """*spec*: how much of the spec changes. *system*: places that only the controller may change so, and why."""

    spec: SpecEdit
    system: tuple[tuple[Path, str], ...] = ()


def compare(old: Document, new: Document) -> Update:
    """What the UPDATE from *old* to *new* changes."""
    kind = text(new.get("kind"))
    system = tuple(_system_edits(old, new)) if kind == "Workflow" else ()
    return Update(spec_edit(kind, mapping(old.get("spec")), mapping(new.get("spec"))), system)


def spec_edit(kind: str, old: Document, new: Document) -> SpecEdit:
    """How much of a spec differs between *old* and *new*, for an object of that kind."""
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if not changed:
        return SpecEdit.NOTHING
    control = {key for key in _RUN_CONTROL.get(kind, ()) if key in changed and _controls(key, old, new)}
    if changed <= control:
        return SpecEdit.RUN_CONTROL
    soft = set(_SOFT) if kind == "Workflow" else set()
    return SpecEdit.SOFT if changed <= control | soft else SpecEdit.ANYTHING


def _controls(key: str, old: Document, new: Document) -> bool:
    """A deadline is run control only where a 0 comes (terminate of old) or goes (retry)."""
    return key != "activeDeadlineSeconds" or new.get(key) == 0 or (key not in new and old.get(key) == 0)


def _system_edits(old: Document, new: Document) -> Iterator[tuple[Path, str]]:
    before, after = mapping(old.get("metadata")), mapping(new.get("metadata"))
    yield from _label_edits(mapping(before.get("labels")), mapping(after.get("labels")))
    yield from _annotation_edits(before, after, begun=bool(old.get("status")))
    yield from _status_edits(mapping(old.get("status")), mapping(new.get("status")))
    if before.get("ownerReferences", []) != after.get("ownerReferences", []):
        yield Path(("metadata", "ownerReferences")), "owners are set when a Workflow is created, and not changed"
    if added := [name for name in sequence(after.get("finalizers")) if name not in sequence(before.get("finalizers"))]:
        yield Path(("metadata", "finalizers")), f"finalizers may be removed, not added: {', '.join(map(str, added))}"


def _label_edits(old: Document, new: Document) -> Iterator[tuple[Path, str]]:
    for label in sorted(old.keys() | new.keys()):
        if old.get(label) == new.get(label) or not label.startswith(SYSTEM_PREFIXES):
            continue
        if not _label_may_change(label.partition("/")[2], old.get(label), new.get(label)):
            yield Path(("metadata", "labels", label)), "this label is written by the workflow controller alone"


def _annotation_edits(before: Document, after: Document, *, begun: bool) -> Iterator[tuple[Path, str]]:
    """Annotations by which the controller or we know a Workflow again; what we change stands there until it begins."""
    old, new = mapping(before.get("annotations")), mapping(after.get("annotations"))
    ours = OWN_ANNOTATIONS if begun else OWN_ANNOTATIONS[:1]
    watched = {f"{PREFIX}{name}": "the workflow controller" for name in _CONTROLLERS_ANNOTATIONS}
    for name, writer in {**watched, **dict.fromkeys(ours, "the webhook")}.items():
        if old.get(name) != new.get(name):
            yield Path(("metadata", "annotations", name)), f"this annotation is written by {writer} alone"


def _label_may_change(name: str, old: Any, new: Any) -> bool:
    if name in _ACTOR_LABELS:
        return True
    if name in _REMOVED_BY_RETRY:
        return new is None
    return name == "phase" and old in _FINISHED and new == "Running"


def _status_edits(old: Document, new: Document) -> Iterator[tuple[Path, str]]:
    for key, may_become in _STATUS.items():
        before, after = old.get(key), new.get(key)
        if before != after and not may_become(before, after):
            yield Path(("status", key)), "this part of the status is written by the workflow controller alone"


def _never(old: Any, new: Any) -> bool:
    return False


def _always(old: Any, new: Any) -> bool:
    return True


def _reset(old: Any, new: Any) -> bool:
    return not new


def _phase_reset(old: Any, new: Any) -> bool:
    return old in _FINISHED and new in (None, "", "Running")


def _stored_spec(old: Any, new: Any) -> bool:
    """Retry clears ``shutdown`` and a zero deadline, and may override arguments, within the stored spec."""
    before, after = dict(mapping(old)), dict(mapping(new))
    for spec in (before, after):
        spec.pop("arguments", None)
    return bool(before) and spec_edit("Workflow", before, after) <= SpecEdit.RUN_CONTROL


#: The parts of a status that decide what runs (argo-workflows: ``status.stored*`` and what stands beside them), and
#: what anybody but the controller may make of each: node results by resume and set, a reset by retry.
_STATUS: dict[str, Callable[[Any, Any], bool]] = {
    "storedTemplates": _never,
    "storedWorkflowTemplateSpec": _stored_spec,
    "artifactRepositoryRef": _never,
    "persistentVolumeClaims": _reset,
    "synchronization": _reset,
    "phase": _phase_reset,
    "nodes": _always,
    "outputs": _always,
}

#: The keys of a status that matter beyond showing it.
SENSITIVE_STATUS = tuple(_STATUS)


def system_metadata(metadata: Document) -> Document:
    """The labels and annotations of *metadata* under the system prefixes, its owners and finalizers."""
    return {
        "labels": _under_prefix(metadata.get("labels")),
        "annotations": _under_prefix(metadata.get("annotations")),
        "ownerReferences": sequence(metadata.get("ownerReferences")),
        "finalizers": sequence(metadata.get("finalizers")),
    }


def _under_prefix(entries: Any) -> Document:
    return {key: value for key, value in mapping(entries).items() if key.startswith(SYSTEM_PREFIXES)}


def unchanged(old: Document, new: Document) -> bool:
    """Whether an UPDATE leaves alone everything that a verdict hangs on."""
    before, after = mapping(old.get("status")), mapping(new.get("status"))
    return (
        old.get("spec") == new.get("spec")
        and all(before.get(key) == after.get(key) for key in SENSITIVE_STATUS)
        and system_metadata(mapping(old.get("metadata"))) == system_metadata(mapping(new.get("metadata")))
    )
