"""
YAML and JSON as kubectl reads them, with the line and column of every field.

A text is taken apart into documents at its ``---`` lines (``split.py``); each becomes the JSON that Kubernetes makes of
it (``compose.py``, ``scalars.py``). What is JSON already is read as such (``json_text.py``), which is faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from admission.errors import MalformedSource
from admission.model.path import Path
from admission.model.source.compose import compose
from admission.model.source.json_text import json_values, locate
from admission.model.source.places import Place, Repeated, find
from admission.model.source.split import Part, decoded, split

__all__ = ["Repeated", "Source", "documents", "read"]

#: Where the parts of a document stand, and which keys stand twice.
Located: TypeAlias = tuple[Place, tuple[Repeated, ...]]


@dataclass(frozen=True)
class Source:
    """
    One document of a text: what Kubernetes reads there, and where each part of it stands.

    *index* counts the documents of the text from 0, empty ones not counted, but those that cannot be read.
    """

    document: Any
    index: int
    _part: Part = field(repr=False, compare=False)
    _places: Located | None = field(default=None, repr=False, compare=False)

    def position(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the field at *path*, or of its nearest ancestor that is there."""
        return find(self._located[0], path)

    @property
    def repeated(self) -> tuple[Repeated, ...]:
        """The keys that stand twice in one object; the last one counts."""
        return self._located[1]

    @cached_property
    def _located(self) -> Located:
        # Of YAML the places fall out of reading it; JSON is read a second time, and only where somebody asks.
        return self._places or locate(self._part)


def read(text: str | bytes) -> list[Source]:
    """The documents of *text*; ``MalformedSource`` where one of them is neither YAML nor JSON."""
    found = []
    for source in documents(text):
        if isinstance(source, MalformedSource):
            raise source
        found.append(source)
    return found


def documents(text: str | bytes) -> Iterator[Source | MalformedSource]:
    """The documents of *text*, one after another; in the place of one that cannot be read, what is wrong with it."""
    index = 0
    for source in _sources(text):
        if isinstance(source, MalformedSource):
            yield source
        elif source.document is not None:
            yield Source(source.document, index, source._part, source._places)
        else:
            continue
        index += 1


def _sources(text: str | bytes) -> Iterator[Source | MalformedSource]:
    """The documents of *text*, empty ones as None, not yet counted."""
    try:
        whole = decoded(text)
        values = json_values(whole)
    except MalformedSource as error:
        yield error
        return
    if values is not None:
        yield from (Source(value, 0, part) for part, value in values)
        return
    for part in split(whole):
        yield part if isinstance(part, MalformedSource) else _composed(part)


def _composed(part: Part) -> Source | MalformedSource:
    try:
        document, places, repeated = compose(part)
    except MalformedSource as error:
        return error
    return Source(document, 0, part, (places, repeated))
