"""What a check yields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

#: The rule, the place below the part that was looked at, and what to do.
Wrong: TypeAlias = tuple[str, tuple[str | int, ...], str]
Wrongs: TypeAlias = Iterator[Wrong]


def below(place: tuple[str | int, ...], wrongs: Wrongs) -> Wrongs:
    """The same, for whoever looks from above that *place*."""
    for rule, steps, message in wrongs:
        yield rule, (*place, *steps), message
