"""From a place in an expanded document back to what the author wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from admission.argo.merge_order import identity, places
from admission.argo.types import Field, types
from admission.model.document import Document
from admission.model.path import Path

_ABSENT: Any = object()

_LABELS = Path(("metadata", "labels"))


@dataclass(frozen=True)
class Places:
    """
    *expanded* and *authored* are the specs at *spec_path* of the two documents; *template* is the spec that the
    reference at *reference* brought in, if there was one.

    *brought* are the references that brought in templates, by their index in *expanded*; *rewritten* the places of
    ``template`` that were a ``templateRef``.
    """

    expanded: Document
    authored: Document
    spec_path: Path
    template: Document = field(default_factory=dict)
    reference: Path = field(default_factory=Path)
    brought: Mapping[int, Path] = field(default_factory=dict)
    rewritten: frozenset[Path] = frozenset()

    def __call__(self, path: Path) -> Path:
        """The place in what the author wrote that is to blame for what stands at *path* of the expanded document."""
        path = self._referring(path)
        if not path.within(self.spec_path):
            return self._label(path)
        if self.expanded is self.authored:
            return path
        return self._authored(path)

    def _referring(self, path: Path) -> Path:
        """*path*, or, of a template that was brought in, the reference that did."""
        templates = self.spec_path / "templates"
        while path.within(templates) and len(path) > len(templates):
            holder = self.brought.get(int(path[len(templates)]))
            if holder is None:
                break
            path = holder
        if path in self.rewritten:
            return path.parent / "templateRef"
        return path

    def _label(self, path: Path) -> Path:
        if self.reference and path.parent == _LABELS and str(path[-1]).endswith("workflow-template"):
            return self.reference
        return path

    def _authored(self, path: Path) -> Path:
        expanded, authored, template = self.expanded, self.authored, self.template
        shape, found = "WorkflowSpec", self.spec_path
        field_of: Field | None = None
        for index, step in enumerate(path[len(self.spec_path) :], len(self.spec_path)):
            there = _step(expanded, expanded, step, field_of)
            own = _step(authored, expanded, step, field_of)
            if own is _ABSENT:
                return self._from_elsewhere(path, index, found, expanded, template, step, field_of)
            template, authored = _value(_step(template, expanded, step, field_of)), own[1]
            found, expanded = found / own[0], _value(there)
            field_of = types()[shape].fields.get(str(step)) if isinstance(step, str) and shape in types() else None
            shape = _below(shape, field_of)
        return found

    def _from_elsewhere(
        self, path: Path, index: int, found: Path, expanded: Any, template: Any, step: str | int, of: Field | None
    ) -> Path:
        """What the author did not write: from the template, from the defaults, or nowhere at all."""
        if _step(template, expanded, step, of) is not _ABSENT:
            return self.reference
        return found if isinstance(step, int) else found.join(path[index:])


def _value(found: Any) -> Any:
    return {} if found is _ABSENT else found[1]


def _step(value: Any, expanded: Any, step: str | int, of: Field | None) -> Any:
    """Where *step* of *expanded* leads in *value*, and what is there; elements of merged lists go by their key."""
    if isinstance(step, str):
        return (step, value[step]) if isinstance(value, dict) and step in value else _ABSENT
    if not isinstance(value, list):
        return _ABSENT
    if of is not None and of.key and value is not expanded and isinstance(expanded, list) and step < len(expanded):
        token = identity(expanded[step], "" if of.key == "-" else of.key)
        place = places(value, "" if of.key == "-" else of.key).get(token, len(value))
    else:
        place = step
    return (place, value[place]) if place < len(value) else _ABSENT


def _below(shape: str, of: Field | None) -> str:
    """The shape of what stands in a field, or of an element of a list of that shape."""
    below = of.shape if of is not None else shape[2:] if shape.startswith(("[]", "{}")) else ""
    return below.removeprefix("*")
