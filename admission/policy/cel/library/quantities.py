"""Quantities: ``quantity('1.5Gi').isGreaterThan(quantity('500m'))``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from admission.argo.languages import quantities
from admission.errors import LanguageError
from admission.policy.cel.library.function import function, joined, method, opaque, value_of

_INT64 = 2**63


def _read(text: str) -> Fraction:
    try:
        return quantities.parse(text)
    except LanguageError:
        raise ValueError("not a quantity") from None


def _made(value: Fraction) -> dict[str, Any]:
    return opaque("Quantity", f"{value.numerator}/{value.denominator}")


def number(value: Any) -> Fraction:
    return Fraction(value_of("Quantity", value))


def _quantity(text: str) -> dict[str, Any]:
    return _made(_read(text))


def _is_quantity(text: str) -> bool:
    try:
        _read(text)
    except ValueError:
        return False
    return True


def _sign(value: Any) -> int:
    found = number(value)
    return (found > 0) - (found < 0)


def _is_integer(value: Any) -> bool:
    found = number(value)
    return found.denominator == 1 and -_INT64 <= found < _INT64


def _as_integer(value: Any) -> int:
    if not _is_integer(value):
        raise ValueError("cannot convert value to integer")
    return int(number(value))


def _add(value: Any, other: Any) -> dict[str, Any]:
    return _made(number(value) + (number(other) if isinstance(other, dict) else other))


def _sub(value: Any, other: Any) -> dict[str, Any]:
    return _made(number(value) - (number(other) if isinstance(other, dict) else other))


FUNCTIONS = joined(
    (
        function("quantity", "string", "opaque", _quantity),
        function("isQuantity", "string", "bool", _is_quantity),
        function("sign", "opaque", "int", _sign),  # no method, in Kubernetes 1.36
        method("isInteger", "opaque", "bool", _is_integer),
        method("asInteger", "opaque", "int", _as_integer),
        method("asApproximateFloat", "opaque", "dyn", lambda value: float(number(value))),
        method("add", "opaque opaque", "opaque", _add),
        method("add", "opaque int", "opaque", _add),
        method("sub", "opaque opaque", "opaque", _sub),
        method("sub", "opaque int", "opaque", _sub),
    )
)
