"""The tree of an expression: frozen nodes, each with the place where it stands, ``text[start:end]``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, ``true``, ``false`` or ``nil``."""

    value: str | int | float | bool | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the environment, or a ``let``, must have."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """``#``, ``#name`` or a leading ``.`` in the body of a closure: the element that it looks at."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    """``of.key`` and ``of[key]``; *optional* with ``?.``."""

    of: Node
    key: Node
    optional: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slice:
    """``of[low:high]``."""

    of: Node
    low: Node | None
    high: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call: *callee* is a Name, or a Member for ``sprig.trim(x)``. A pipe puts its left side first."""

    callee: Node
    arguments: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Closure:
    """The body that a builtin such as ``filter`` runs for every element."""

    body: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """An operator before its operand: ``!``, ``not``, ``-``, ``+``."""

    operator: str
    operand: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands."""

    operator: str
    left: Node
    right: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? then : otherwise``, and ``if``."""

    condition: Node
    then: Node
    otherwise: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Array:
    """``[1, a]``."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Map:
    """Keys and values in turn: ``{a: 1}`` has the items ``Literal("a")`` and ``Literal(1)``."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Let:
    """``let name = value; body``."""

    name: str
    value: Node
    body: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Expressions between ``;``: the last is the value."""

    items: tuple[Node, ...]
    start: int
    end: int


Node: TypeAlias = (
    Literal
    | Name
    | Pointer
    | Member
    | Slice
    | Call
    | Closure
    | Unary
    | Binary
    | Conditional
    | Array
    | Map
    | Let
    | Sequence
)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below *node*, in the order of the text."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            yield from value
        elif hasattr(value, "start"):
            yield value
