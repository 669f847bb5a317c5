"""How much the pods of a Workflow may come to: a small manifest can name large texts very often."""

from __future__ import annotations

from dataclasses import dataclass

from admission.errors import TooLarge

#: Characters of all templates and pods together. An object in a cluster has at most a million and a half.
MOST = 128_000_000

#: A podSpecPatch costs so much more than a text: it is merged, field by field.
PATCH = 30


@dataclass
class Room:
    """What is left of it."""

    left: int = MOST

    def take(self, characters: int) -> None:
        """Use so much; ``TooLarge`` where there is not so much left."""
        self.left -= characters
        if self.left < 0:
            raise TooLarge("the pods of this Workflow are too many and too large to be looked at")
