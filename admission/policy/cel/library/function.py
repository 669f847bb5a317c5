"""What a function is to every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Overload:
    """
    One way to call a function: types of its operands, the receiver first if it has one, and of its result. They are
    called as in CEL; ``opaque`` is a map that stands for another type.

    *call* is given plain values. ``ValueError`` where there is no result; its text must not show the values.
    """

    operands: tuple[str, ...]
    result: str
    call: Callable[..., Any]
    member: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name; one in a namespace has a dot in it (``ip.isCanonical``)."""

    name: str
    overloads: tuple[Overload, ...]


def method(name: str, operands: str, result: str, call: Callable[..., Any]) -> Function:
    """A function with a receiver; *operands* are types, the receiver's first, divided by blanks."""
    return Function(name, (Overload(tuple(operands.split()), result, call),))


def function(name: str, operands: str, result: str, call: Callable[..., Any]) -> Function:
    """A function without a receiver."""
    return Function(name, (Overload(tuple(operands.split()), result, call, member=False),))


def joined(functions: Iterable[Function]) -> tuple[Function, ...]:
    """*functions* with the overloads of one name together."""
    found: dict[str, tuple[Overload, ...]] = {}
    for each in functions:
        found[each.name] = (*found.get(each.name, ()), *each.overloads)
    return tuple(Function(name, overloads) for name, overloads in found.items())


def opaque(type_name: str, value: Any) -> dict[str, Any]:
    """A value of a type that CEL has not."""
    return {f"kubernetes.{type_name}": value}


def value_of(type_name: str, value: Any) -> Any:
    """What :func:`opaque` was given. ``ValueError`` where *value* is of another type."""
    key = f"kubernetes.{type_name}"
    if not isinstance(value, dict) or key not in value:
        raise ValueError(f"no such overload: a {type_name} is expected")
    return value[key]


def is_a(type_name: str, value: Any) -> bool:
    return isinstance(value, dict) and f"kubernetes.{type_name}" in value
