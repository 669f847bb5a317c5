"""What a part of a Workflow needs, and how parts come together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from admission.argo.peak.amounts import Amounts, added, largest
from admission.model.path import Path


@dataclass(frozen=True, slots=True)
class Widest:
    """The step or task that makes a peak so wide: its place and name, and how often it runs at once."""

    path: Path
    step: str
    times: int | None = 1


@dataclass(frozen=True)
class Part:
    """
    What a part of a Workflow needs: *amounts*, and for each resource what makes it so much.

    *unbounded* are the steps of which only the run knows how often they run; *recursive*: it ends in a call of what it
    is a part of.
    """

    amounts: Amounts = field(default_factory=dict)
    widest: Mapping[str, Widest] = field(default_factory=dict)
    unbounded: tuple[Widest, ...] = ()
    recursive: bool = False


NOTHING = Part()


def together(parts: Iterable[Part]) -> Part:
    """All of *parts* at once. What calls itself beside something else has no bound."""
    given = [part for part in parts if part is not NOTHING]
    if len(given) == 1:
        return given[0]
    total = added(part.amounts for part in given)
    recursive = any(part.recursive for part in given)
    endless = recursive and any(total.values())
    return Part(
        amounts={name: math.inf if endless and each else each for name, each in total.items()},
        widest=_widest(given),
        unbounded=tuple(dict.fromkeys(each for part in given for each in part.unbounded)),
        recursive=recursive,
    )


def either(parts: Iterable[Part]) -> Part:
    """Whichever of *parts* is the most, of each resource: they are never there together."""
    given = [part for part in parts if part is not NOTHING]
    if len(given) == 1:
        return given[0]
    return Part(
        amounts=largest(part.amounts for part in given),
        widest=_widest(given),
        unbounded=tuple(dict.fromkeys(each for part in given for each in part.unbounded)),
        recursive=any(part.recursive for part in given),
    )


def _widest(parts: Sequence[Part]) -> dict[str, Widest]:
    """Of each resource the one of all that makes a peak wide that does most so."""
    found: dict[str, tuple[int | float, Widest]] = {}
    for part in parts:
        for name, here in part.widest.items():
            each = part.amounts.get(name, 0)
            if name not in found or each > found[name][0]:
                found[name] = (each, here)
    return {name: here for name, (_, here) in found.items()}
