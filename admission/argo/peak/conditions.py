"""Which steps can run together, as far as their conditions say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import product

from admission.model.path import Path

#: Outcomes of conditions that are told apart, of so many steps; where there are more, all of these are taken to run.
_OUTCOMES, _STEPS = 64, 150

_CONDITION = re.compile(
    r"""\s*['"]?(?P<what>[^'"=!<>&|()]+?)['"]?\s*(?P<how>==|!=)\s*['"]?(?P<value>[\w.-]+)['"]?\s*\Z"""
)


def outcomes(whens: Mapping[Path, str]) -> Iterator[frozenset[Path]]:
    """
    The sets of steps that can run together; *whens* has the condition of each, empty where it has none.

    Of conditions on one text, ``x == a`` and ``x == b``, at most one is true.
    """
    conditions = {path: match for path, when in whens.items() if (match := _CONDITION.match(when))}
    values: dict[str, dict[str, None]] = {}
    for match in conditions.values():
        values.setdefault(match["what"].strip(), {})[match["value"]] = None
    if len(whens) > _STEPS or math.prod(len(chosen) + 1 for chosen in values.values()) > _OUTCOMES:
        yield frozenset(whens)
        return
    found: dict[frozenset[Path], None] = {}
    for combination in product(*([*chosen, ""] for chosen in values.values())):
        is_now = dict(zip(values, combination, strict=True))
        found[frozenset(path for path in whens if _runs(conditions.get(path), is_now))] = None
    yield from found


def _runs(condition: re.Match[str] | None, values: Mapping[str, str]) -> bool:
    if condition is None:
        return True
    same = values[condition["what"].strip()] == condition["value"]
    return same if condition["how"] == "==" else not same
