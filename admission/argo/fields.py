"""The table of the fields of Argo's eight kinds (``data/fields.txt``), read once into types that know each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

DATA = Path(__file__).parent / "data" / "fields.txt"

_SCALAR = re.compile(r"([a-z0-9]+)(?:\((.*)\))?\Z")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts; *values* are those that the CRDs take, empty where they take any."""

    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list; no two *items* may be equal in all *keys*, if there are any. *plain*: the class of items that fit."""

    item: Shape
    keys: tuple[str, ...] = ()
    plain: frozenset[type] = frozenset()


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object with any keys. *plain*: the class of values that fit without a further look."""

    value: Shape
    plain: frozenset[type] = frozenset()


@dataclass(eq=False)
class Type:
    """An object with certain fields."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    @cached_property
    def plain(self) -> dict[str, type]:
        """Of the fields that Argo has always had, the class whose values fit without a further look."""
        return {name: each.plain for name, each in self.fields.items() if each.plain and not each.is_new}

    @cached_property
    def parts(self) -> dict[str, Listed | Mapped | Type]:
        """Of those fields the shapes of the ones that have parts."""
        old = {name: each.shape for name, each in self.fields.items() if not each.is_new}
        return {name: shape for name, shape in old.items() if not isinstance(shape, Scalar)}

    @cached_property
    def spelt(self) -> dict[str, str]:
        """The names of the fields by their small letters."""
        return {name.casefold(): name for name in self.fields}


Shape: TypeAlias = Scalar | Listed | Mapped | Type


@dataclass(frozen=True, slots=True)
class Field:
    """
    A field of a type.

    *plain* is the Python class whose values fit without a further look; *is_new*: Argo 4.0 does not have it.
    """

    shape: Shape
    plain: type | None
    is_new: bool


#: Scalars of which a value of one class is always one.
_PLAIN = {Scalar("str"): str, Scalar("bool"): bool, Scalar("anystr"): str, Scalar("intstr"): str}


def _plain(shape: Shape) -> type | None:
    return _PLAIN.get(shape) if isinstance(shape, Scalar) else None


def _plain_items(shape: Shape) -> frozenset[type]:
    plain = _plain(shape)
    return frozenset({plain}) if plain else frozenset()


@cache
def types() -> dict[str, Type]:
    """The types of the table by name; those of the kinds are among them."""
    lines = [line.partition(":") for line in DATA.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    found = {name: Type(name) for name, _, _ in lines}
    shapes: dict[str, Shape] = dict(found)
    for name, _, written in lines:
        fields = [each.partition(":") for each in written.split()]
        found[name].fields = {key: _field(shape, shapes) for key, _, shape in fields}
        found[name].required = tuple(key for key, _, shape in fields if shape.rstrip("+").endswith("!"))
    return found


def _field(written: str, shapes: dict[str, Shape]) -> Field:
    shape = _shape(written.rstrip("!+"), shapes)
    return Field(shape, _plain(shape), written.endswith("+"))


def _shape(written: str, shapes: dict[str, Shape]) -> Shape:
    if written not in shapes:
        shapes[written] = _made(written, shapes)
    return shapes[written]


def _made(written: str, shapes: dict[str, Shape]) -> Shape:
    if written.startswith("["):
        keys, _, item = written[1:].partition("]")
        shape = _shape(item, shapes)
        return Listed(shape, tuple(filter(None, keys.split(","))), _plain_items(shape))
    if written.startswith("{}"):
        shape = _shape(written[2:], shapes)
        return Mapped(shape, _plain_items(shape))
    match = _SCALAR.match(written)
    if not match:
        raise ValueError(f"{DATA.name}: {written!r} is no shape")
    return Scalar(match[1], tuple(match[2].split("|")) if match[2] is not None else ())
