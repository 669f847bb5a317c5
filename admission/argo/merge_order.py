"""The order of lists that were merged, and which of their elements are the same (argo-resolution 3.2)."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeAlias

#: The place of each element in a list, by what it is told apart by; of equal ones that of the first.
Places: TypeAlias = dict[Hashable, int]


def identity(element: Any, key: str) -> Hashable:
    """What *element* is told apart by: its *key*, or, without one, itself. None where it has no such key."""
    if not key:
        return _token(element)
    return _token(element[key]) if isinstance(element, dict) and key in element else None


def _token(value: Any) -> Hashable:
    """Equal for JSON values that are equal: ``1`` is ``1.0``, and no ``true``."""
    if isinstance(value, dict | list):
        return ("json", json.dumps(value, sort_keys=True))
    return (isinstance(value, bool), value)


def places(elements: Iterable[Any], key: str) -> Places:
    """The places of *elements*."""
    found: Places = {}
    for index, each in enumerate(elements):
        if (token := identity(each, key)) is not None:
            found.setdefault(token, index)
    return found


def arranged(elements: list[Any], order: list[Any], original: list[Any], key: str) -> list[Any]:
    """
    *elements* in the order that is expected of a merge: those in *order* stand as there, the others as in *original*.

    One of the others comes first only if *original* has both and has it earlier: so new elements come before those
    that only *original* has.
    """
    named, there = places(order, key), places(original, key)
    ours = sorted((each for each in elements if identity(each, key) in named), key=lambda e: named[identity(e, key)])
    rest = [each for each in elements if identity(each, key) not in named]
    theirs = sorted(rest, key=lambda e: there.get(identity(e, key), len(original)))
    return list(_interleaved(ours, theirs, [there.get(identity(e, key), -1) for e in ours], there, key))


def _interleaved(ours: list[Any], theirs: list[Any], before: list[int], there: Places, key: str) -> Iterator[Any]:
    left, right = 0, 0
    while left < len(theirs) and right < len(ours):
        place = there.get(identity(theirs[left], key), -1)
        if 0 <= place < before[right]:
            yield theirs[left]
            left += 1
        else:
            yield ours[right]
            right += 1
    yield from theirs[left:]
    yield from ours[right:]


def unique(elements: Iterable[Any]) -> list[Any]:
    """*elements*, each value once."""
    return list({identity(each, ""): each for each in reversed(list(elements))}.values())[::-1]


def follows(elements: Iterable[Any], order: Iterable[Any], key: str) -> bool:
    """Whether all of *elements* are in *order*, one after the other."""
    rest = iter([identity(each, key) for each in order])
    return all(identity(each, key) in rest for each in elements)
