"""The operators and functions of expressions on values that are known: those that give names, and no more."""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable
from typing import Any

from admission.argo.languages import GO_SPACE


class Undecided(Exception):
    """This module cannot tell."""


class Fails(Exception):
    """The expression fails: Argo leaves its tag."""


#: What is longer is not computed: values may be long, and be put together often.
LONGEST = 100_000

#: Operators by the types of their sides.
NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TEXTS: dict[str, Callable[[str, str], Any]] = {
    "+": operator.add,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}


def written(value: Any) -> str:
    """*value* as the text that it becomes."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return _float(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        raise Undecided from None


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise Undecided
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value).replace("e-0", "e-")


def truth(value: Any) -> bool:
    """*value*, where a condition stands."""
    if not isinstance(value, bool):
        raise Fails
    return value


def negative(value: Any) -> int | float:
    """*value* with the other sign."""
    if not _is_number(value):
        raise Fails
    result: int | float = -value
    return result


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def binary(operation: str, left: Any, right: Any) -> Any:
    """The operation on two values, both of which are there already."""
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        raise Undecided
    if operation in ("==", "!="):
        return _equal(left, right) == (operation == "==")
    if _is_long(left) or _is_long(right) or operation in ("matches", "..", "in"):
        raise Undecided
    if _is_number(left) and _is_number(right):
        return _of_numbers(operation, left, right)
    if not (isinstance(left, str) and isinstance(right, str) and operation in TEXTS):
        raise Fails
    # Python asks what contains, the language what is contained.
    return TEXTS[operation](left, right)


def _equal(left: Any, right: Any) -> bool:
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _of_numbers(operation: str, left: int | float, right: int | float) -> Any:
    if operation in NUMBERS:
        return NUMBERS[operation](left, right)
    if operation in ("**", "^") and abs(left) < 1000 and abs(right) < 100:
        return float(left) ** float(right) if left or right >= 0 else _undecided()
    if operation == "/" and right:
        return float(left) / float(right)
    if operation == "%" and isinstance(left, int) and isinstance(right, int):
        if not right:
            raise Fails
        return int(math.fmod(left, right))
    raise Undecided


def _is_long(value: object) -> bool:
    return (isinstance(value, str) and len(value) > LONGEST) or (isinstance(value, int) and value.bit_length() > 50)


def call(name: str, arguments: list[Any]) -> Any:
    """The value of a function; what only an interpreter can tell is undecided, after its arguments are."""
    if name in _OF_TEXT and len(arguments) == 1:
        if not isinstance(arguments[0], str):
            raise Fails
        return _OF_TEXT[name](arguments[0])
    if name in ("int", "asInt") and len(arguments) == 1:
        return _integer(arguments[0])
    if name in ("float", "asFloat") and len(arguments) == 1:
        return _number(arguments[0])
    if name == "len" and len(arguments) == 1 and isinstance(arguments[0], str | list):
        return len(arguments[0])
    if name == "string" and len(arguments) == 1 and isinstance(arguments[0], str | int | float):
        return written(arguments[0])
    raise Undecided


_OF_TEXT: dict[str, Callable[[str], Any]] = {
    "upper": str.upper,
    "lower": str.lower,
    "trim": lambda text: text.strip(GO_SPACE),
}


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int) or _is_long(value):
        raise Undecided
    try:
        return int(value) if isinstance(value, int) or value.isascii() else _fail()
    except ValueError:
        raise Fails from None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or _is_long(value):
        raise Undecided
    if isinstance(value, str) and not _FLOAT.fullmatch(value):
        raise Fails
    return float(value)


_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def _undecided() -> float:
    raise Undecided


def _fail() -> int:
    raise Fails
