"""Near misses: the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

#: How many suggestions one validation makes, among how many names, for names of which length: the search costs.
LIMIT, NAMES, LENGTH = 20, 400, 200


@dataclass
class Suggestions:
    """Says what was probably meant, as long as that is cheap."""

    made: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, *names: Iterable[str]) -> str:
        """``: did you mean 'x'?`` for the nearest of *names*; empty where none is near."""
        if name not in self.made:
            self.made[name] = _nearest(name, names) if len(self.made) < LIMIT and len(name) <= LENGTH else ""
        return self.made[name]


def _nearest(name: str, names: tuple[Iterable[str], ...]) -> str:
    known = sorted({each for group in names for each in group})
    if len(known) > NAMES:
        known = list(_alike(name, known))[:NAMES]
    # Paths have much in common, whatever they are of; that of a whole is no path of a part.
    others = [each for each in known if not name.startswith(f"{each}.")]
    near = _other_letters(name, others) or get_close_matches(name, others, 1, 0.75 if "." in name else 0.6)
    return f": did you mean {near[0]!r}?" if near else _nowhere(name)


def _other_letters(name: str, known: list[str]) -> list[str]:
    return [each for each in known if each.lower() == name.lower()]


#: Of variables that are named nowhere, where that would be.
_PLACES = {
    "inputs.parameters.": "the template has no input parameter",
    "inputs.artifacts.": "the template has no input artifact",
    "workflow.parameters.": "spec.arguments has no parameter",
}


def _nowhere(name: str) -> str:
    for prefix, said in _PLACES.items():
        if name.startswith(prefix):
            return f": {said} {name.removeprefix(prefix).partition('.')[0]!r}"
    return ""


def _alike(name: str, known: list[str]) -> Iterable[str]:
    """For ``tasks.a.id``: ``tasks.a.…`` and ``tasks.….id``; a name has one thing wrong, if it is near."""
    root, _, rest = name.partition(".")
    node, _, field = rest.partition(".")
    head, tail = f"{root}.{node}", f".{field}" if field else ""
    return (each for each in known if each.startswith(head) or (each.startswith(root) and tail and each.endswith(tail)))
