"""What a part of a Workflow needs, and how parts come together."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from admission.argo.peak.amounts import Amounts, added, largest, times
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

    *unbounded* are the steps of which only the run knows how often they run; *recursive* the calls of what it is a
    part of, with which it ends, by what they call. *left* is what of it may go on running after it has failed; *early*
    the same where the controller takes it for over before it is, which a group of steps does not (``beside.py``).
    *impossible*: its pod cannot be made.
    """

    amounts: Amounts = field(default_factory=dict)
    widest: Mapping[str, Widest] = field(default_factory=dict)
    unbounded: tuple[Widest, ...] = ()
    recursive: Mapping[Hashable, Widest] = field(default_factory=dict)
    left: Amounts = field(default_factory=dict)
    early: Amounts = field(default_factory=dict)
    impossible: bool = False


NOTHING = Part()


def together(parts: Iterable[Part]) -> Part:
    """All of *parts* at once. What calls itself beside something else has no bound."""
    given = [part for part in parts if part is not NOTHING]
    if len(given) < 2:
        return given[0] if given else NOTHING
    total = added(part.amounts for part in given)
    recursive = _recursive(given)
    endless = tuple(recursive.values()) if any(total.values()) else ()
    return Part(
        amounts={name: math.inf if endless and each else each for name, each in total.items()},
        widest=_widest(given),
        unbounded=_distinct((*(each for part in given for each in part.unbounded), *endless)),
        recursive=recursive,
        left=added(part.left for part in given),
        early=added(part.early for part in given),
    )


def either(parts: Iterable[Part]) -> Part:
    """Whichever of *parts* is the most, of each resource: they are never there together."""
    given = [part for part in parts if part is not NOTHING]
    if len(given) < 2:
        return given[0] if given else NOTHING
    return Part(
        amounts=largest(part.amounts for part in given),
        widest=_widest(given),
        unbounded=_distinct(each for part in given for each in part.unbounded),
        recursive=_recursive(given),
        left=largest(part.left for part in given),
        early=largest(part.early for part in given),
        impossible=any(part.impossible for part in given),
    )


def then(first: Part, second: Part, remaining: Amounts) -> Part:
    """*second* after *first*, of which *remaining* goes on."""
    if second is NOTHING:
        return first
    found = either([first, together([second, Part(remaining)]) if remaining else second])
    left, early = added([first.left, second.left]), added([first.early, second.early])
    return replace(found, left=left, early=early, impossible=first.impossible)


def many(part: Part, number: int | float) -> Part:
    """So many times *part*."""
    if number == 1 or part is NOTHING:
        return part
    amounts, left, early = (times(each, number) for each in (part.amounts, part.left, part.early))
    return replace(part, amounts=amounts, left=left, early=early)


def going_on(part: Part) -> Part:
    """*part*, of which all may go on running when it is over."""
    return replace(part, left=part.amounts, early=part.amounts)


def _recursive(parts: Iterable[Part]) -> dict[Hashable, Widest]:
    return {called: call for part in parts for called, call in part.recursive.items()}


def _distinct(each: Iterable[Widest]) -> tuple[Widest, ...]:
    return tuple(dict.fromkeys(each))


def _widest(parts: Sequence[Part]) -> dict[str, Widest]:
    """Of each resource the one of all that makes a peak wide that does most so."""
    found: dict[str, tuple[int | float, Widest]] = {}
    for part in parts:
        for name, here in part.widest.items():
            each = part.amounts.get(name, 0)
            if name not in found or each > found[name][0]:
                found[name] = (each, here)
    return {name: here for name, (_, here) in found.items()}
