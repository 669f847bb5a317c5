"""The difference between two documents, as RFC 6902 operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from admission.model.document import Document
from admission.model.path import Path


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a JSON Patch: ``add``, ``replace`` or ``remove``."""

    op: str
    path: Path
    value: Any = None

    def as_json(self) -> Document:
        operation: Document = {"op": self.op, "path": self.path.pointer}
        if self.op != "remove":
            operation["value"] = self.value
        return operation


Patch: TypeAlias = tuple[Operation, ...]


def diff(before: Any, after: Any) -> Patch:
    """The operations that make *after* of *before*; none where they are equal."""
    return tuple(_changes(Path(), before, after))


def apply(patch: Patch, document: Any) -> Any:
    """*document* as *patch* changes it; *document* itself stays as it is. ``KeyError`` where a place is not there."""
    for operation in patch:
        document = _applied(document, operation, operation.path)
    return document


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: ``1`` is not ``true``, and ``1`` is ``1.0`` as for the API server."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _changes(path: Path, before: Any, after: Any) -> Iterator[Operation]:
    if before is after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from (Operation("remove", path / key) for key in before if key not in after)
        for key, value in after.items():
            if key in before:
                yield from _changes(path / key, before[key], value)
            else:
                yield Operation("add", path / key, value)
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        common = min(len(before), len(after))
        for index in range(common):
            yield from _changes(path / index, before[index], after[index])
        # From the end, so that no removal moves the place of the next.
        yield from (Operation("remove", path / index) for index in range(len(before) - 1, common - 1, -1))
        yield from (Operation("add", path / index, after[index]) for index in range(common, len(after)))
    elif not same(before, after):
        yield Operation("replace", path, after)


def _applied(document: Any, operation: Operation, path: Path) -> Any:
    if not path:
        return operation.value
    step: Any = path[0]
    rest = Path(path[1:])
    if not isinstance(document, dict if isinstance(step, str) else list):
        raise KeyError(str(operation.path))
    changed: Any = document.copy()
    if rest:
        changed[step] = _applied(Path((step,)).find(document), operation, rest)
    elif operation.op == "remove":
        Path((step,)).find(document)
        del changed[step]
    elif operation.op == "add" and isinstance(changed, list):
        changed.insert(step, operation.value)
    else:
        changed[step] = operation.value
    return changed
