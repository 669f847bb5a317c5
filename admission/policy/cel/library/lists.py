"""
Lists, as Kubernetes and its version of cel-go extend them: ``sum``, ``sort``, ``slice``, ``distinct`` and the like.

``indexOf`` and ``lastIndexOf`` are in the library of strings, too, under the same names, so that ``rewrite.py`` gives
both others here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from admission.policy.cel.library.function import function, joined, method

#: Types that have an order; one list has elements of one of them.
_ORDERED = (bool, int, float, str, bytes, timedelta, datetime)

#: Elements that ``lists.range`` gives at most, of which a list can still be made in time.
_LONGEST = 1_000

#: Elements of which ``distinct`` gives those that differ.
_DISTINCT = 9_999


def _of_one_type(values: list[Any]) -> list[Any]:
    if values and (type(values[0]) not in _ORDERED or any(type(each) is not type(values[0]) for each in values)):
        raise ValueError("no such overload: the elements are of several types, or of one without an order")
    return values


def _is_sorted(values: list[Any]) -> bool:
    return all(one <= other for one, other in pairwise(_of_one_type(values)))


def _sum(values: list[Any]) -> Any:
    if not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in _of_one_type(values)):
        raise ValueError("no such overload: only numbers have a sum")
    total = sum(values)
    if isinstance(total, int) and not -(2**63) <= total < 2**63:
        raise ValueError("integer overflow")
    return total


def _least(values: list[Any]) -> Any:
    if not values:
        raise ValueError("min called on empty list")
    return _given(min(_of_one_type(values)))


def _most(values: list[Any]) -> Any:
    if not values:
        raise ValueError("max called on empty list")
    return _given(max(_of_one_type(values)))


def _given(value: Any) -> Any:
    """*value*, if the engine takes it from a function."""
    if isinstance(value, (timedelta, datetime)):
        raise ValueError("no such overload: of times and durations there is no min and max")
    return value


def _same(one: Any, other: Any) -> bool:
    """Equality as CEL has it: numbers by value, and true is no number."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _index(values: list[Any], wanted: Any) -> int:
    return next((index for index, each in enumerate(values) if _same(each, wanted)), -1)


def _last_index(values: list[Any], wanted: Any) -> int:
    return next((index for index in range(len(values) - 1, -1, -1) if _same(values[index], wanted)), -1)


def _text_index(text: str, wanted: str, offset: int = 0) -> int:
    if offset < 0:
        raise ValueError("index out of range")
    return text.find(wanted, offset) if offset <= len(text) else -1


def _last_text_index(text: str, wanted: str, offset: int | None = None) -> int:
    if offset is None:
        return text.rfind(wanted)
    if offset < 0:
        raise ValueError("index out of range")
    return text.rfind(wanted, 0, offset + len(wanted)) if offset <= len(text) else -1


def _slice(values: list[Any], start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(values):
        raise ValueError("cannot slice: index out of range")
    return values[start:end]


def _flat(values: list[Any], depth: int = 1) -> list[Any]:
    if depth < 0:
        raise ValueError("level must be non-negative")
    found: list[Any] = []
    for each in values:
        if isinstance(each, list) and depth:
            found += _flat(each, depth - 1)
        else:
            found.append(each)
    return found


def _distinct(values: list[Any]) -> list[Any]:
    if len(values) > _DISTINCT:
        raise ValueError("the list is too long")
    seen: dict[tuple[bool, str], None] = {}
    found = []
    for each in values:
        # 1 and 1.0 are equal, 1 and true are not.
        key = isinstance(each, bool), repr(float(each)) if isinstance(each, int | float) else repr(each)
        if key not in seen:
            seen[key] = None
            found.append(each)
    return found


def _range(size: int) -> list[int]:
    if size > _LONGEST:
        raise ValueError(f"lists.range gives at most {_LONGEST} elements")
    return list(range(size))


def _sort(values: list[Any]) -> list[Any]:
    return sorted(_of_one_type(values))


def _sort_by(pairs: list[Any]) -> list[Any]:
    """The second elements of *pairs*, in the order of the first."""
    _of_one_type([key for key, _ in pairs])
    return [value for _, value in sorted(pairs, key=lambda pair: pair[0])]


#: What ``rewrite.py`` makes of the macro ``sortBy``, and calls ``reverse``, which the engine has for strings alone.
SORT_BY, REVERSE = "sorted_by_", "reverse_"

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
        method("slice", "list int int", "list", _slice),
        method("flatten", "list", "list", _flat),
        method("flatten", "list int", "list", _flat),
        method("distinct", "list", "list", _distinct),
        method("sort", "list", "list", _sort),
        method(REVERSE, "list", "list", lambda values: values[::-1]),
        function(SORT_BY, "list", "list", _sort_by),
        function("lists.range", "int", "list", _range),
        *(method(INDEX_OF, f"list {kind}", "int", _index) for kind in _ANY),
        method(INDEX_OF, "string string", "int", _text_index),
        method(INDEX_OF, "string string int", "int", _text_index),
        *(method(LAST_INDEX_OF, f"list {kind}", "int", _last_index) for kind in _ANY),
        method(LAST_INDEX_OF, "string string", "int", _last_text_index),
        method(LAST_INDEX_OF, "string string int", "int", _last_text_index),
    )
)
