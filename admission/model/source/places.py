"""Where the parts of a document stand in its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from admission.model.path import Path

#: A line and a column, from 1.
Position: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Place:
    """
    Where a value stands, and where what is in it does.

    A field of an object stands where its key does, an item of a list where it begins itself.
    """

    position: Position
    below: dict[str, Place] | list[Place] | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that stands twice in one object: its path, where it stands first, and where last."""

    path: Path
    first: Position
    last: Position


def find(root: Place, path: Path) -> Position:
    """Where the field at *path* stands, or its nearest ancestor that is there."""
    found = root
    for step in path:
        place = _below(found, step)
        if place is None:
            break
        found = place
    return found.position


def _below(place: Place, step: str | int) -> Place | None:
    below = place.below
    if isinstance(below, dict) and isinstance(step, str):
        return below.get(step)
    if isinstance(below, list) and isinstance(step, int) and 0 <= step < len(below):
        return below[step]
    return None


def repeat(known: dict[Path, Repeated], path: Path, before: Position, position: Position) -> None:
    """Note in *known* that the key at *path* stands at *position* as well; of three places the first and last count."""
    first = known[path].first if path in known else before
    known[path] = Repeated(path, first, position)
