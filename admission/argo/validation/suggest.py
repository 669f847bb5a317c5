"""Near misses: the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

#: How many suggestions one validation makes, among how many names, for names of which length: the search costs.
LIMIT, NAMES, LENGTH = 40, 3000, 200


@dataclass
class Suggestions:
    """Says what was probably meant, as long as that is cheap."""

    made: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, *names: Iterable[str]) -> str:
        """``: did you mean 'x'?`` for the nearest of *names*; empty where none is near."""
        if name not in self.made:
            self.made[name] = self._nearest(name, names) if len(self.made) < LIMIT else ""
        return self.made[name]

    @staticmethod
    def _nearest(name: str, names: tuple[Iterable[str], ...]) -> str:
        known = sorted({each for group in names for each in group})
        if len(known) > NAMES or len(name) > LENGTH:
            return ""
        near = get_close_matches(name, known, 1)
        return f": did you mean {near[0]!r}?" if near else ""
