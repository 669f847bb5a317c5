"""Ways that go deep without a deep stack: generators that yield the next one to go, and are sent what it returns."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
#: A part of a way: yields deeper parts, is sent their results, and returns its own.
Way: TypeAlias = Generator["Way[Any]", Any, T]


def run(way: Way[T]) -> T:
    """Go *way* to its end and give its result."""
    stack: list[Way[Any]] = [way]
    result: Any = None
    while stack:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as end:
            stack.pop()
            result = end.value
    final: T = result
    return final
