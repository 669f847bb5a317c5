"""Whether an object surely fits the table of fields: then ``schema.py`` need not walk through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from admission.argo import surely
from admission.argo.fields import Listed, Mapped, Scalar, Shape, Type
from admission.model.document import Document

_SCALARS: Mapping[str, surely.Kind] = {
    "str": str,
    "bool": bool,
    "int32": surely.INT32,
    "int64": surely.INT64,
    "intstr": str | surely.INT32,
    "anystr": str,
    "raw": Any,
}


@cache
def fits(type: Type, newest: bool) -> Callable[[Any], bool]:
    """What tells whether an object of that *type*, for Argo 4.1 (*newest*) or 4.0, has surely no misfit."""
    tell, lists = surely.teller(lambda quantity: _Kinds(newest, quantity).of(type)), _lists(type, frozenset())
    return lambda value: tell(value) and _are_told_apart(value, lists)


def repeated(items: list[Any], keys: tuple[str, ...]) -> Iterator[int]:
    """The indexes of the items that have the *keys* of an earlier one."""
    seen: set[tuple[str, ...]] = set()
    for index, item in enumerate(items):
        if isinstance(item, dict):
            marks = tuple(str(item.get(key, "TCP" if key == "protocol" else "")) for key in keys)
            if marks in seen:
                yield index
            seen.add(marks)


class _Kinds:
    """Types of the table as msgspec's. Within lists of lists and maps nothing is told apart, so these are left out."""

    def __init__(self, newest: bool, quantity: surely.Kind) -> None:
        self._newest = newest
        self._scalars = {**_SCALARS, "quantity": quantity}
        self._structs = surely.Structs()

    def of(self, shape: Shape) -> surely.Kind:
        if isinstance(shape, Scalar):
            return Literal[shape.values] if shape.values else self._scalars.get(shape.name, surely.NONE)
        if isinstance(shape, Listed):
            return surely.NONE if isinstance(shape.item, Listed) else surely.listed(self.of(shape.item) | None)
        if isinstance(shape, Mapped):
            return surely.mapped(self.of(shape.value) | None) if isinstance(shape.value, Scalar) else surely.NONE
        return self._structs.of(shape.name, lambda: self._fields(shape))

    def _fields(self, type: Type) -> Iterator[surely.Member]:
        for name, field in type.fields.items():
            if self._newest or not field.is_new:
                needed = name in type.required
                kind = self.of(field.shape)
                yield name, kind if needed else kind | None, needed


class _Below(NamedTuple):
    """What is to be told apart in a field: the items of a list by their *keys*, and *below* each item or the object."""

    is_list: bool
    keys: tuple[str, ...]
    below: Mapping[str, _Below]


def _lists(type: Type, around: frozenset[str]) -> dict[str, _Below]:
    """The fields of *type* with lists whose items are told apart, in them or below."""
    found: dict[str, _Below] = {}
    for name, field in type.fields.items():
        is_list, keys = isinstance(field.shape, Listed), getattr(field.shape, "keys", ())
        item = field.shape.item if isinstance(field.shape, Listed) else field.shape
        below = {}
        if isinstance(item, Type) and item.name not in around | {type.name}:
            below = _lists(item, around | {type.name})
        if keys or below:
            found[name] = _Below(is_list, keys, below)
    return found


def _are_told_apart(value: Document, lists: Mapping[str, _Below]) -> bool:
    for name, each in value.items():
        if name not in lists or not each:
            continue
        is_list, keys, below = lists[name]
        if is_list and len(each) > 1 and keys and next(repeated(each, keys), None) is not None:
            return False
        if below:
            for item in each if is_list else (each,):
                if item and not _are_told_apart(item, below):
                    return False
    return True
