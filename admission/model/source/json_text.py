"""JSON: its values fast, and where they stand only where somebody asks."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from admission.errors import MalformedSource
from admission.model.path import Path
from admission.model.source.places import Place, Position, Repeated, repeat
from admission.model.source.scalars import as_json
from admission.model.source.split import DEEPEST, Part

#: The next thing of a JSON text that is not white space: a text, a mark, or a number or word.
_TOKEN = re.compile(r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^ \t\r\n{}\[\],:"]+)')


def json_values(text: str) -> list[tuple[Part, Any]] | None:
    """The JSON objects of *text*, one after another; None where it is not that from beginning to end."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return [(Part(text), _plain(orjson.loads(text), 0))]
    except orjson.JSONDecodeError:
        return _stream(text)


def _stream(text: str) -> list[tuple[Part, Any]] | None:
    decoder, found, end = json.JSONDecoder(), [], 0
    try:
        while rest := text[end:].lstrip():
            start = len(text) - len(rest)
            end = decoder.raw_decode(text, start)[1]
            part = Part(text[start:end], text.count("\n", 0, start))
            found.append((part, _plain(orjson.loads(part.text), 0)))
    except (ValueError, RecursionError):
        return None
    return found


def _plain(value: Any, depth: int) -> Any:
    """*value* with its numbers as the way through Kubernetes leaves them (``3.0`` is 3), and not too deep."""
    if type(value) is dict:
        if depth >= DEEPEST:
            raise _too_deep()
        return {key: _plain(item, depth + 1) if type(item) in _TO_DO else item for key, item in value.items()}
    if type(value) is list:
        if depth >= DEEPEST:
            raise _too_deep()
        return [_plain(item, depth + 1) if type(item) in _TO_DO else item for item in value]
    return as_json(value)


_TO_DO = frozenset({dict, list, float})


def _too_deep() -> MalformedSource:
    return MalformedSource(f"more than {DEEPEST} objects and lists within one another", 1, 1)


def locate(part: Part) -> tuple[Place, tuple[Repeated, ...]]:
    """Where the values of *part*, which is JSON, stand, and which keys stand twice in one object."""
    return _Locator(part).run()


class _Locator:
    """One JSON text being read for its places; it is known to be JSON."""

    def __init__(self, part: Part) -> None:
        self._text = part.text
        self._end = 0
        self._line = part.lines_before + 1
        self._line_start = 0
        self._repeated: dict[Path, Repeated] = {}

    def run(self) -> tuple[Place, tuple[Repeated, ...]]:
        root = self._value(*self._next(), Path())
        return root, tuple(self._repeated.values())

    def _next(self) -> tuple[str, Position]:
        """The next token, and where it stands. No token holds a line end: JSON writes those as escapes."""
        found = _TOKEN.match(self._text, self._end)
        assert found is not None, "the text is JSON, and has not ended"
        token_start = found.start(1)
        lines = self._text.count("\n", self._end, token_start)
        if lines:
            self._line += lines
            self._line_start = self._text.rindex("\n", self._end, token_start) + 1
        self._end = found.end()
        return found[1], (self._line, token_start - self._line_start + 1)

    def _value(self, token: str, position: Position, path: Path) -> Place:
        if token == "{":
            return Place(position, self._object(path))
        if token == "[":
            return Place(position, self._list(path))
        return Place(position)

    def _object(self, path: Path) -> dict[str, Place]:
        below: dict[str, Place] = {}
        token, position = self._next()
        while token != "}":
            if token == ",":
                token, position = self._next()
            self._field(orjson.loads(token), position, path, below)
            token, position = self._next()
        return below

    def _field(self, key: str, position: Position, path: Path, below: dict[str, Place]) -> None:
        self._next()  # the colon
        inner = path / key
        if key in below:
            repeat(self._repeated, inner, below[key].position, position)
        below[key] = Place(position, self._value(*self._next(), inner).below)

    def _list(self, path: Path) -> list[Place]:
        below: list[Place] = []
        token, position = self._next()
        while token != "]":
            if token == ",":
                token, position = self._next()
            below.append(self._value(token, position, path / len(below)))
            token, position = self._next()
        return below
