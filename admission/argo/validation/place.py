"""Where something stands: in what the author wrote, or behind a reference in it."""

from __future__ import annotations

from typing import NamedTuple

from admission.model.path import Path


class Place(NamedTuple):
    """
    A place in the author's document, or in another object that a reference there brought in.

    In the first case *owner* is empty and *path* is the place. In the second *owner* names the other object, *below* is
    the place in it, and *path* is that of the reference.
    """

    path: Path
    owner: str = ""
    below: Path = Path()

    def __truediv__(self, step: str | int) -> Place:
        if self.owner:
            return Place(self.path, self.owner, self.below / step)
        return Place(self.path / step)

    def join(self, steps: tuple[str | int, ...]) -> Place:
        """The place that *steps* lead to from here."""
        if self.owner:
            return Place(self.path, self.owner, self.below.join(steps))
        return Place(self.path.join(steps))

    def through(self, reference: Place) -> Place:
        """This place as the *reference* leads to it: one in another object is at the path that brings it in."""
        return Place(reference.path, self.owner, self.below) if self.owner else self

    @property
    def note(self) -> str:
        """What a message says of the place beyond its path; empty in the author's own document."""
        return f" ({self.owner}, {self.below})" if self.owner else ""
