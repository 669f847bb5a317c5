"""What the operators of ``when`` make of values."""

from __future__ import annotations

import math
from typing import TypeAlias

from admission.errors import LanguageError


class Any_:
    """A value that only the run knows."""

    def __repr__(self) -> str:
        return "ANY"


ANY = Any_()
Value: TypeAlias = "bool | float | str | list[Value] | Any_ | None"


def negate(operator: str, value: Value) -> Value:
    """What a sign makes of *value*."""
    if isinstance(value, Any_):
        return ANY
    if operator == "!":
        if isinstance(value, bool):
            return not value
        raise LanguageError(f"! takes true or false, not {said(value)}")
    if isinstance(value, float):
        return -value if operator == "-" else ANY
    raise LanguageError(f"{operator} takes a number, not {said(value)}")


def apply(operator: str, left: Value, right: Value) -> Value:
    """What an operator makes of both sides, the right one being evaluated already."""
    if operator in _TABLE:
        return _TABLE[operator](operator, left, right)
    return _arithmetic(operator, left, right)


def _equal(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Any_) or isinstance(right, Any_):
        return ANY
    return (type(left) is type(right) and left == right) is (operator == "==")


def _order(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Any_) or isinstance(right, Any_):
        return ANY
    if isinstance(left, str) and isinstance(right, str):
        one, other = left.encode(), right.encode()
        return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]
    if isinstance(left, float) and isinstance(right, float):
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]
    raise LanguageError(f"{operator} compares two numbers or two texts, not {said(left)} and {said(right)}")


def _pattern(operator: str, left: Value, right: Value) -> Value:
    if not isinstance(left, str | Any_) or not isinstance(right, str | Any_):
        raise LanguageError(f"{operator} matches a text, not {said(left)} with {said(right)}")
    # A pattern is not run here: patterns of strangers can run for ever.
    return ANY


def _logic(operator: str, left: Value, right: Value) -> Value:
    for value in (left, right):
        if not isinstance(value, bool | Any_):
            raise LanguageError(f"{operator} joins true and false, not {said(value)}")
    if isinstance(left, Any_) or isinstance(right, Any_):
        return ANY
    return (left and right) if operator == "&&" else (left or right)


def _in(operator: str, left: Value, right: Value) -> Value:
    if isinstance(right, Any_):
        return ANY
    if not isinstance(right, list):
        raise LanguageError(f"in looks into a list such as (a, b), not {said(right)}")
    if isinstance(left, Any_) or any(isinstance(item, Any_) for item in right):
        return ANY
    return any(type(item) is type(left) and item == left for item in right)


def _list(operator: str, left: Value, right: Value) -> Value:
    return [*left, right] if isinstance(left, list) else [left, right]


def _choice(operator: str, left: Value, right: Value) -> Value:
    if operator == "?":
        if not isinstance(left, bool | Any_):
            raise LanguageError(f"? asks for true or false, not {said(left)}")
        return ANY if isinstance(left, Any_) else right if left else None
    return right if left is None else left


def _plus(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Any_) or isinstance(right, Any_):
        return ANY
    if isinstance(left, str) or isinstance(right, str):
        return ANY if len(said(left) + said(right)) > 1000 else _text(left) + _text(right)
    return _arithmetic(operator, left, right)


def _arithmetic(operator: str, left: Value, right: Value) -> Value:
    for value in (left, right):
        if not isinstance(value, float | Any_):
            hint = ": set quotes around what has a hyphen" if operator == "-" else ""
            raise LanguageError(f"{operator} takes numbers, not {said(value)}{hint}")
    if not isinstance(left, float) or not isinstance(right, float):
        return ANY
    results = {"+": left + right, "-": left - right, "*": left * right}
    if operator == "/" and right:
        return left / right
    if operator == "%" and right and math.isfinite(left):
        return math.fmod(left, right)
    return results.get(operator, ANY)


def said(value: Value) -> str:
    """*value* as a message names it."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:40] + "…")
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else _text(value)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


_TABLE = {
    **dict.fromkeys(("==", "!="), _equal),
    **dict.fromkeys(("<", "<=", ">", ">="), _order),
    **dict.fromkeys(("=~", "!~"), _pattern),
    **dict.fromkeys(("&&", "||"), _logic),
    **dict.fromkeys(("?", ":", "??"), _choice),
    "in": _in,
    ",": _list,
    "+": _plus,
}
