"""
Lists, as Kubernetes extends them: ``isSorted``, ``sum``, ``min``, ``max``, ``indexOf``, ``lastIndexOf``.

The last two are in the library of strings, too, under the same names, so that ``rewrite.py`` gives both others here.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from admission.policy.cel.library.function import joined, method

#: Types that have an order; one list has elements of one of them.
_ORDERED = (bool, int, float, str, bytes)


def _of_one_type(values: list[Any]) -> list[Any]:
    if values and (type(values[0]) not in _ORDERED or any(type(each) is not type(values[0]) for each in values)):
        raise ValueError("no such overload: the elements are of several types, or of one without an order")
    return values


def _is_sorted(values: list[Any]) -> bool:
    return all(one <= other for one, other in pairwise(_of_one_type(values)))


def _sum(values: list[Any]) -> Any:
    if any(isinstance(each, (bool, str, bytes)) for each in _of_one_type(values)):
        raise ValueError("no such overload: only numbers have a sum")
    total = sum(values)
    if isinstance(total, int) and not -(2**63) <= total < 2**63:
        raise ValueError("integer overflow")
    return total


def _least(values: list[Any]) -> Any:
    if not values:
        raise ValueError("min called on empty list")
    return min(_of_one_type(values))


def _most(values: list[Any]) -> Any:
    if not values:
        raise ValueError("max called on empty list")
    return max(_of_one_type(values))


def _same(one: Any, other: Any) -> bool:
    """Equality as CEL has it: numbers by value, and true is no number."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _index(values: list[Any], wanted: Any) -> int:
    return next((index for index, each in enumerate(values) if _same(each, wanted)), -1)


def _last_index(values: list[Any], wanted: Any) -> int:
    return next((index for index in range(len(values) - 1, -1, -1) if _same(values[index], wanted)), -1)


def _text_index(text: str, wanted: str, offset: int = 0) -> int:
    if not 0 <= offset <= len(text):
        raise ValueError("index out of range")
    return text.find(wanted, offset)


def _last_text_index(text: str, wanted: str, offset: int | None = None) -> int:
    if offset is not None and not 0 <= offset <= len(text):
        raise ValueError("index out of range")
    return text.rfind(wanted) if offset is None else text.rfind(wanted, 0, offset + len(wanted))


#: What ``rewrite.py`` calls the two functions that lists and strings share.
INDEX_OF, LAST_INDEX_OF = "indexOf_", "lastIndexOf_"

#: Whatever may be sought: an operand of any type would match none in the engine.
_ANY = ("string", "int", "double", "bool", "null", "list", "map")

FUNCTIONS = joined(
    (
        method("isSorted", "list", "bool", _is_sorted),
        method("sum", "list", "dyn", _sum),
        method("min", "list", "dyn", _least),
        method("max", "list", "dyn", _most),
        *(method(INDEX_OF, f"list {kind}", "int", _index) for kind in _ANY),
        method(INDEX_OF, "string string", "int", _text_index),
        method(INDEX_OF, "string string int", "int", _text_index),
        *(method(LAST_INDEX_OF, f"list {kind}", "int", _last_index) for kind in _ANY),
        method(LAST_INDEX_OF, "string string", "int", _last_text_index),
        method(LAST_INDEX_OF, "string string int", "int", _last_text_index),
    )
)
