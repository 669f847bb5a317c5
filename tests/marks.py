"""Examples that say themselves on which lines something is to be found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml


def marked(text: str) -> set[int]:
    """The lines on which an example says that something is to be found."""
    return {number for number, line in enumerate(text.splitlines(), 1) if "# finding" in line}


def lines_of(text: str, paths: Iterable[tuple[str | int, ...]]) -> set[int]:
    """The lines on which *paths* stand in the first document of *text*; of a field, that of its name."""
    places = _places(next(yaml.compose_all(text)))
    return {places[tuple(path)] for path in paths}


def _places(node: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], int]:
    found = {path: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found |= _places(value, (*path, key.value))
            found[*path, key.value] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found |= _places(value, (*path, index))
    return found
