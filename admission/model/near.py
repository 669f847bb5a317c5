"""Near misses: the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

#: Among how many names, and for names of which length, one is looked for: the search costs.
NAMES, LENGTH = 1000, 200


def meant(name: str, names: Iterable[str], before: str = "; ") -> str:
    """``; did you mean 'x'?`` for the nearest of *names*, with *before* before it; empty where none is near."""
    known = list(names)
    near = get_close_matches(name, known, 1) if len(known) < NAMES and len(name) < LENGTH else []
    return f"{before}did you mean {near[0]!r}?" if near else ""
