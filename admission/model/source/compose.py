"""From the events of libyaml to the JSON that Kubernetes would make of a document, and where each part of it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from admission.errors import MalformedSource
from admission.model.path import Path
from admission.model.source.places import Place, Position, Repeated, repeat
from admission.model.source.scalars import Scalar, as_json, as_key, plain, tagged
from admission.model.source.split import DEEPEST, Part

_MERGE = "tag:yaml.org,2002:merge"
#: What JSON and YAML 1.2 escape so, go-yaml v2 does not know.
_FOREIGN = "\\/"
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\/")


def compose(part: Part) -> tuple[Any, Place, tuple[Repeated, ...]]:
    """
    The document in *part*, where its parts stand, and its repeated keys.

    Of several YAML documents (``...`` ends one) only the first counts, as for kubectl. ``MalformedSource`` where it is
    not YAML, cannot be written as JSON, or is made to cost much.
    """
    composer = _Composer(part)
    try:
        return composer.run(CParser(part.text))
    except UnicodeEncodeError as error:
        before = part.text[: error.start]
        line = part.lines_before + before.count("\n") + 1
        raise MalformedSource("not UTF-8", line, len(before) - before.rfind("\n")) from error
    except yaml.reader.ReaderError as error:
        before = part.text.encode()[: error.position].decode(errors="replace")
        line = part.lines_before + before.count("\n") + 1
        raise MalformedSource(str(error.reason), line, len(before) - before.rfind("\n")) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1 + part.lines_before, mark.column + 1) if mark else (0, 0)
        raise MalformedSource(_said(error, part.text), line, column) from error


def _said(error: yaml.MarkedYAMLError, content: str) -> str:
    """What the parser says, or in its place what to do about the character at which it stopped."""
    mark = error.problem_mark
    if mark and error.problem == "found character that cannot start any token":
        found = content[mark.index : mark.index + 1]
        return "a tab: indent with spaces" if found == "\t" else f"put quotes around a value that begins with {found}"
    return ": ".join(text for text in (error.context, error.problem) if text) or "not YAML"


@dataclass(slots=True)
class _Node:
    """
    A value that is complete.

    *cost* counts the values in it, written out through aliases, *shared* those of them that come through one.
    """

    value: Any
    place: Place
    cost: int = 1
    shared: int = 0
    is_merge_key: bool = False


@dataclass(slots=True)
class _Open:
    """An object or list that is not complete yet; *key* is the field of the object whose value comes next."""

    value: Any
    below: Any
    position: Position
    anchor: str | None
    cost: int = 1
    shared: int = 0
    key: str | None = None
    key_position: Position = (0, 0)
    merges: bool = False
    merged: set[str] = field(default_factory=set)


class _Composer:
    """One document being read: a stack of what is open, without recursion, and what has been named by an anchor."""

    def __init__(self, part: Part) -> None:
        self._text = part.text
        self._may_be_foreign = _FOREIGN in part.text
        self._first_line = part.lines_before + 1
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Node | None] = {}
        self._repeated: dict[Path, Repeated] = {}
        self._root: _Node | None = None
        #: Where what is being done stands.
        self._at: Position = (self._first_line, 1)

    def run(self, parser: CParser) -> tuple[Any, Place, tuple[Repeated, ...]]:
        next_event = parser.get_event
        while (event := next_event()) is not None and type(event) is not DocumentEndEvent:
            step = _STEPS.get(type(event))
            if step is not None:
                self._at = self._position(event)
                self._take(step, event)
        root = self._root or _Node(None, Place((self._first_line, 1)))
        return root.value, root.place, tuple(self._repeated.values())

    def _take(self, step: Callable[[_Composer, Event], None], event: Event) -> None:
        try:
            step(self, event)
        except MalformedSource as error:
            raise MalformedSource(str(error), *self._at) from error.__cause__

    def begin(self, event: DocumentStartEvent) -> None:
        if event.version not in (None, (1, 1)):
            raise MalformedSource("kubectl reads YAML 1.1 alone: remove the line %YAML")

    def scalar(self, event: ScalarEvent) -> None:
        tag, word, is_plain = event.tag, event.value, event.implicit[0]
        position = self._at
        value: Scalar
        if self._may_be_foreign and event.style == '"':
            self._refuse_foreign(event)
        if tag is None:
            value = plain(word) if is_plain else word
        else:
            value = tagged(word, tag)
        merges = word == "<<" and (tag == _MERGE or (tag is None and is_plain))
        node = _Node(value, Place(position), 1 + len(word) // _LONG, is_merge_key=merges)
        self._name(event, node)
        self._put(node, position)

    def _refuse_foreign(self, event: ScalarEvent) -> None:
        assert event.start_mark and event.end_mark, "libyaml gives every event its place"
        if _ESCAPED.search(self._text[event.start_mark.index : event.end_mark.index]):
            raise MalformedSource(f"kubectl does not know the escape {_FOREIGN}: write / alone")

    def start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self._stack) >= DEEPEST:
            raise MalformedSource(f"more than {DEEPEST} objects and lists within one another")
        is_mapping = type(event) is MappingStartEvent
        position = self._at
        self._stack.append(_Open({} if is_mapping else [], {} if is_mapping else [], position, event.anchor))
        self._name(event, None)

    def end(self, event: Event) -> None:
        opened = self._stack.pop()
        node = _Node(opened.value, Place(opened.position, opened.below), opened.cost, opened.shared)
        if opened.anchor is not None:
            self._anchors[opened.anchor] = node
        self._put(node, opened.position)

    def alias(self, event: AliasEvent) -> None:
        name = event.anchor
        if name not in self._anchors:
            raise MalformedSource(f"no anchor &{name} stands before *{name}")
        target = self._anchors[name]
        if target is None:
            raise MalformedSource(f"the value of &{name} contains itself")
        node = _Node(target.value, target.place, target.cost + 1, target.cost + 1)
        self._put(node, self._at)

    def _name(self, event: NodeEvent, node: _Node | None) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _put(self, node: _Node, position: Position) -> None:
        """Put *node*, which stands at *position*, where it belongs: into what is open."""
        self._at = position
        if not self._stack:
            self._root = _Node(_checked(node.value), node.place)
            return
        parent = self._stack[-1]
        parent.cost += node.cost
        parent.shared += node.shared
        if node.shared:
            _afford(sum(opened.cost for opened in self._stack), sum(opened.shared for opened in self._stack))
        if type(parent.value) is list:
            parent.value.append(_checked(node.value))
            parent.below.append(node.place if node.place.position == position else Place(position, node.place.below))
        elif parent.merges:
            parent.merges = False
            _merge(parent, node)
        elif parent.key is None:
            self._open_field(parent, node, position)
        else:
            self._close_field(parent, parent.key, node)

    def _open_field(self, parent: _Open, node: _Node, position: Position) -> None:
        if node.is_merge_key:
            parent.merges = True
            return
        if isinstance(node.value, dict | list):
            raise MalformedSource("an object or list cannot be a key: put quotes around a value that begins with {")
        parent.key, parent.key_position = as_key(node.value), position

    def _close_field(self, parent: _Open, key: str, node: _Node) -> None:
        if key in parent.value and key not in parent.merged:
            self._repeat(key, parent.below[key].position, parent.key_position)
        parent.merged.discard(key)
        parent.value[key] = _checked(node.value)
        parent.below[key] = Place(parent.key_position, node.place.below)
        parent.key = None

    def _repeat(self, key: str, before: Position, position: Position) -> None:
        path = Path((*(self._step(opened) for opened in self._stack[:-1]), key))
        repeat(self._repeated, path, before, position)

    @staticmethod
    def _step(opened: _Open) -> str | int:
        if type(opened.value) is list:
            return len(opened.value)
        return "<<" if opened.key is None else opened.key

    def _position(self, event: Event) -> Position:
        mark = event.start_mark
        assert mark is not None, "libyaml gives every event its place"
        return mark.line + self._first_line, mark.column + 1


_STEPS: dict[type[Event], Any] = {
    DocumentStartEvent: _Composer.begin,
    ScalarEvent: _Composer.scalar,
    AliasEvent: _Composer.alias,
    MappingStartEvent: _Composer.start,
    SequenceStartEvent: _Composer.start,
    MappingEndEvent: _Composer.end,
    SequenceEndEvent: _Composer.end,
}


def _checked(value: Any) -> Any:
    return as_json(value) if type(value) is float else value


def _merge(parent: _Open, node: _Node) -> None:
    """
    Take the fields of *node*, an object or a list of objects, over into *parent*.

    As in go-yaml v2, and unlike YAML's own words, they override what stands before the ``<<`` and not what follows;
    of several objects the first wins.
    """
    nodes = [node] if isinstance(node.value, dict) else list(reversed(_items(node)))
    for merged in nodes:
        if not isinstance(merged.value, dict):
            raise MalformedSource("<< takes an object or a list of objects")
        parent.value.update(merged.value)
        parent.below.update(cast(dict[str, Place], merged.place.below))
        parent.merged.update(merged.value)


def _items(node: _Node) -> list[_Node]:
    if not isinstance(node.value, list):
        raise MalformedSource("<< takes an object or a list of objects")
    below = cast(list[Place], node.place.below)
    return [_Node(value, place) for value, place in zip(node.value, below, strict=True)]


#: A text of so many characters costs what a value does.
_LONG = 100

#: go-yaml's protection against aliases of aliases: so small a document may use them as it likes, above the larger size
#: they may make up a tenth, in between the share falls evenly (``allowedAliasRatio``).
_FREE, _STRICT = 400_000, 4_000_000


def _afford(cost: int, shared: int) -> None:
    """``MalformedSource`` if of *cost* values, written out, too many come through aliases."""
    if shared <= 100 or cost <= 1000:
        return
    allowed = 0.99 - 0.89 * min(1.0, max(0.0, (cost - _FREE) / (_STRICT - _FREE)))
    if shared / cost > allowed:
        raise MalformedSource("its aliases would make it too large; write out what they stand for")
