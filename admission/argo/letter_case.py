"""Field names in another letter case: Go's decoder takes them where nothing has looked at the names before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.argo.types import fields_of
from admission.model.document import Document
from admission.model.path import Path


def other_keys(value: Any, shape: str, path: Path) -> Iterator[tuple[Path, str]]:
    """The keys in *value* that are no names of fields, and the field that is meant: empty where none is."""
    shape = shape.removeprefix("*")
    if isinstance(value, list) and shape.startswith("[]"):
        for index, each in enumerate(value):
            yield from other_keys(each, shape[2:], path / index)
    if not isinstance(value, dict):
        return
    of = fields_of(shape)
    for name, each in value.items():
        if of is None:
            if shape.startswith("{}"):
                yield from other_keys(each, shape[2:], path / name)
            continue
        field = of.find(name)
        if field is None or field.name != name:
            yield path / name, field.name if field else ""
        if field is not None:
            yield from other_keys(each, field.shape, path / name)


def read_back(there: Any, value: Any, shape: str) -> Any:
    """
    *value* as Go's decoder reads it into *there*, where something may be already.

    Unknown keys are left out; the others come in the order of their bytes. What a field has from an earlier spelling
    stays where a later one does not say otherwise, elements of lists by their index included.
    """
    shape = shape.removeprefix("*")
    if isinstance(value, list) and shape.startswith("[]"):
        before = there if isinstance(there, list) else []
        return [
            read_back(before[index] if index < len(before) else None, each, shape[2:])
            for index, each in enumerate(value)
        ]
    of = fields_of(shape)
    if not isinstance(value, dict) or (of is None and not shape.startswith("{}")):
        return value
    result: Document = dict(there) if isinstance(there, dict) else {}
    for name in sorted(value, key=lambda key: key.encode("utf-8", "surrogatepass")):
        field = of.find(name) if of else None
        if field is not None:
            result[field.name] = read_back(result.get(field.name), value[name], field.shape)
        elif of is None:
            result[name] = read_back(None, value[name], shape[2:])
    return result
