"""
Template tags in a document, and what becomes of them when values are put in.

Argo does this on the JSON text of the whole object. Nearly always that is the same as doing it string by string, which
is what happens here; ``wire.py`` has the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from admission.argo.languages import GO_SPACE
from admission.argo.languages.tags import OPEN, Tag, tags, unclosed
from admission.argo.validation.evaluate import evaluated
from admission.argo.validation.values import Values, printable_in_json
from admission.model.document import Document
from admission.model.path import Link, Path
from admission.model.written import written

#: The keys and indexes that lead to a string.
Steps: TypeAlias = tuple[str | int, ...]


class Text(NamedTuple):
    """A string that has *tags*: where it stands, what it says, and whether it is a key rather than a value."""

    steps: Steps
    text: str
    is_key: bool
    tags: list[Tag]

    @classmethod
    def of(cls, steps: Steps, text: str, is_key: bool = False) -> Text:
        """The string *text*, its tags read."""
        return cls(steps, text, is_key, tags(text))

    @property
    def is_simple(self) -> bool:
        """Whether it is a value whose tags are closed and name one variable each."""
        if self.is_key or self.is_open:
            return False
        return not any(tag.is_expression or OPEN in tag.body for tag in self.tags)

    @property
    def is_open(self) -> bool:
        """Whether a tag begins in it that it does not close."""
        return self.text.find(OPEN, self.tags[-1].end if self.tags else 0) >= 0


class Reader:
    """Reads the tagged strings of objects, of each object once."""

    def __init__(self) -> None:
        # By the id of an object, with the object itself, so that its id stays its own.
        self._read: dict[int, tuple[Any, tuple[Text, ...]]] = {}
        self._written: dict[int, tuple[Any, str | None]] = {}

    def __call__(self, document: Any) -> tuple[Text, ...]:
        """What :func:`tagged` finds in *document*."""
        known = self._read.get(id(document))
        if known is None:
            known = self._read[id(document)] = (document, tuple(tagged(document)))
        return known[1]

    def written(self, document: Any) -> str | None:
        """
        *document* as compact JSON; None where it cannot be written so.

        There braces that are doubled stand in strings: an object never begins within the braces of another.
        """
        known = self._written.get(id(document))
        if known is None:
            text = written(document)
            known = self._written[id(document)] = (document, None if text is None else text.decode())
        return known[1]


def tagged(document: Any) -> list[Text]:
    """The strings of *document*, keys included, in which ``{{`` occurs; none of what is neither object nor list."""
    text = written(document) if isinstance(document, dict | list) else b""
    # When as many tags are found as are written, the rest need not be walked through.
    left = -1 if text is None else text.count(b"{{")
    found: list[Text] = []
    stack: list[tuple[Link, Any]] = [(None, document)]
    while stack and left:
        link, node = stack.pop()
        is_object = node.__class__ is dict
        for key, value in node.items() if is_object else enumerate(node):
            kind = value.__class__
            if kind is str:
                if OPEN in value:
                    found.append(Text.of(Path.along((link, key)), value))
                    left -= value.count(OPEN)
            elif value and (kind is dict or kind is list):
                stack.append(((link, key), value))
            if is_object and key.__class__ is str and OPEN in key:
                found.append(Text.of(Path.along((link, key)), key, True))
                left -= key.count(OPEN)
    return found


def name_of(tag: Tag) -> str:
    """The name under which Argo looks a simple tag up: its text as JSON writes it, less the space around it."""
    return on_the_wire(tag.body).strip(GO_SPACE)


def on_the_wire(text: str) -> str:
    """*text* as Go writes it within a JSON string."""
    if _PLAIN.fullmatch(text):
        return text
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    for char, escape in _HTML:
        written = written.replace(char, escape)
    return written


_PLAIN = re.compile(r"[a-zA-Z0-9 ._/=\[\]{}()'*+,:?|!@#$%^~;-]*")
_HTML = (
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
    ("\x7f", "\x7f"),
)


class Unprintable(Exception):
    """A value was put in that leaves no JSON behind."""


class Overlong(Exception):
    """What is put in makes more text than any cluster would store."""


#: Characters of a template with its values. An object in a cluster has at most a million and a half.
MOST = 4_000_000


def replaced(each: Text, values: Values) -> Text:
    """
    *each* with the tags replaced whose names *values* knows; itself where it knows none.

    Raises :class:`Unprintable` where a value cannot be put in (``subst-json``), :class:`Overlong` where it is too much.
    """
    written, end = each.text, 0
    room = MOST
    parts: list[str] = []
    for tag in each.tags:
        value = _value(tag, values)
        if value is not None:
            parts += (written[end : tag.start], value)
            end = tag.end
            room -= len(value)
            if room < 0:
                raise Overlong
    if not parts:
        return each
    made = "".join((*parts, written[end:]))
    return Text(each.steps, made, each.is_key, tags(made) if OPEN in made else [])


def _value(tag: Tag, values: Values) -> str | None:
    """What takes the place of *tag*; ``None`` where it stays."""
    if tag.is_expression:
        return evaluated(tag.expression, values)
    value = values.get(tag.body)
    if value is None:
        value = values.get(name_of(tag))
    if value is not None:
        return value if value.isprintable() else checked(value)
    inner = tag.body.rfind(OPEN)
    if inner > 0:
        # Here Argo trims no space.
        value = values.get(on_the_wire(tag.body[inner + 2 :]))
        if value is not None:
            return OPEN + tag.body[:inner] + checked(value)
    return None


def checked(value: str) -> str:
    """*value*, if it can be put into a JSON text as Argo does it."""
    if not printable_in_json(value):
        raise Unprintable(value)
    return value


def harmless(value: str) -> bool:
    """Whether *value* can be put in anywhere without any effect beyond its own place."""
    if "{" not in value:
        return value.isprintable() or printable_in_json(value)
    return not value.endswith("{") and unclosed(value) is None and printable_in_json(value)


def leftovers(text: str) -> Iterator[tuple[str, str]]:
    """The simple tags of *text* that Argo would look up by name: (the name, what stands between the braces)."""
    for tag in tags(text):
        if not tag.is_expression:
            yield name_of(tag), tag.body


def rebuilt(document: Document, changed: Sequence[Text]) -> Document:
    """*document* with those values and keys; what is not changed is shared, nothing is written to."""
    copies: dict[Steps, Any] = {(): dict(document)}
    for each in changed:
        if not each.is_key:
            _copied(copies, each.steps[:-1])[each.steps[-1]] = each.text
    keys = [each for each in changed if each.is_key]
    for each in sorted(keys, key=lambda each: -len(each.steps)) if keys else ():
        parent = _copied(copies, each.steps[:-1])
        parent[each.text] = parent.pop(each.steps[-1])
    result: Document = copies[()]
    return result


def _copied(copies: dict[Steps, Any], steps: Steps) -> Any:
    """The copy of what stands at *steps*, made where there is none yet."""
    place = copies[()]
    for depth in range(1, len(steps) + 1):
        below = copies.get(steps[:depth])
        if below is None:
            below = copies[steps[:depth]] = place[steps[depth - 1]].copy()
            place[steps[depth - 1]] = below
        place = below
    return place
