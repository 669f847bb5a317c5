"""The Workflow that would run from an object: what policies judge a template or a schedule by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admission.model.document import Document, mapping, text
from admission.model.path import Path

#: By kind: where the parts of the Workflow stand in the object that starts it. More exact places come first.
_PLACES: dict[str, tuple[tuple[Path, Path], ...]] = {
    "CronWorkflow": (
        (Path(("metadata", "labels")), Path(("spec", "workflowMetadata", "labels"))),
        (Path(("metadata", "annotations")), Path(("spec", "workflowMetadata", "annotations"))),
        (Path(("spec",)), Path(("spec", "workflowSpec"))),
    ),
    "WorkflowEventBinding": (
        (Path(("metadata",)), Path(("spec", "submit", "metadata"))),
        (Path(("spec",)), Path(("spec", "submit"))),
    ),
}


@dataclass(frozen=True, slots=True)
class Started:
    """*document*: the Workflow. ``place`` turns a path in it into one of the object that starts it."""

    document: Document
    places: tuple[tuple[Path, Path], ...] = ()

    def place(self, path: Path) -> Path:
        for here, there in self.places:
            if path.within(here):
                return there.join(path.after(here))
        return path


def started(document: Document) -> Started:
    """The Workflow that *document* (a Workflow, a template, a CronWorkflow, an event binding) would start."""
    kind = text(document.get("kind"))
    if kind == "Workflow":
        return Started(document)
    places = _PLACES.get(kind, ())
    spec = mapping(_part(document, Path(("spec",)), places))
    return Started({**_head(document, places), "spec": spec}, places)


def _head(document: Document, places: Iterable[tuple[Path, Path]]) -> Document:
    own = mapping(document.get("metadata"))
    metadata: Document = {key: own[key] for key in ("name", "namespace") if key in own}
    for key in ("labels", "annotations"):
        if value := mapping(_part(document, Path(("metadata", key)), places)):
            metadata[key] = value
    return {"apiVersion": document.get("apiVersion"), "kind": "Workflow", "metadata": metadata}


def _part(document: Document, path: Path, places: Iterable[tuple[Path, Path]]) -> object:
    return Started(document, tuple(places)).place(path).get(document)
