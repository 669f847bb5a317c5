"""The items of a step or task that loops, and the step as each item makes it (argo-resolution 6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from admission.argo.languages import LanguageError, sequences
from admission.argo.pods.globals import MOST
from admission.argo.pods.values import Values, dumped, filled, is_unknown
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping

#: The fields of a step that say for which items it runs.
LOOPS = frozenset({"withItems", "withParam", "withSequence"})
_ITEM = frozenset({"item"})


@dataclass(frozen=True, slots=True)
class Turn:
    """A step as it runs: so many times; None where only the run knows how often."""

    step: Document
    times: int | None = 1


def turns(step: Document, *, as_one: bool = False) -> Iterator[Turn]:
    """
    The turns of *step*, in which all other variables are filled in: one for each item.

    There is one for all together where only the run knows the items, where they are too many, or if *as_one*.
    """
    if not any(step.get(name) is not None for name in LOOPS):
        yield Turn(step)
        return
    rest = {name: value for name, value in step.items() if name not in LOOPS}
    count, items = _items(step)
    if items is None or as_one or "item" not in dumped(rest):
        yield Turn(filled(rest, Values({}, _ITEM)), count)
        return
    for item in items:
        yield Turn(filled(rest, Values(_variables(item))))


def _items(step: Document) -> tuple[int | None, list[Any] | None]:
    """How many items there are, and which; None for what only the run knows, and for more than can be shown."""
    if step.get("withItems") is not None:
        return _of_list(step["withItems"])
    if step.get("withParam") is not None:
        try:
            return _of_list(sequences.items(str(step["withParam"])))
        except LanguageError:
            return None, None
    return _of_sequence(mapping(step.get("withSequence")))


def _of_list(given: object) -> tuple[int | None, list[Any] | None]:
    if not isinstance(given, list):
        return None, None
    known = len(given) <= MOST and not is_unknown(dumped(given))
    return len(given), given if known else None


def _of_sequence(fields: Document) -> tuple[int | None, list[Any] | None]:
    if is_unknown(dumped(fields)):
        return None, None
    try:
        found = sequences.sequence(fields)
    except LanguageError:
        return None, None
    if found is None:
        return None, None
    if found.size > MOST:
        return found.size, None
    step = 1 if found.end >= found.start else -1
    numbers = (found.start + step * index for index in range(found.size))
    return found.size, [_formatted(number, fields.get("format")) for number in numbers]


def _formatted(number: int, format: object) -> str:
    if not isinstance(format, str) or not format:
        return str(number)
    try:
        return format % number
    except (ValueError, TypeError):
        return str(number)


def _variables(item: Any) -> dict[str, str]:
    if isinstance(item, dict):
        own = {f"item.{key}": _text(value) for key, value in item.items()}
        return {**own, "item": json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False)}
    return {"item": _text(item)}


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return dumped(value)
    return any_string(value) or ""
