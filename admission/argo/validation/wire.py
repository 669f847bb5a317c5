"""
Objects as the JSON text that Go's types make of them, and substitution in that text.

Argo looks for tags in the text of a whole object. It shows only where a tag is not closed within its string: then the
tag runs on through the text that follows, whose order is that of the fields in Go (argo-validation, 5.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from admission.argo.languages import GO_SPACE
from admission.argo.languages.tags import OPEN, Tag, tags, unclosed
from admission.argo.validation.tables import DATA
from admission.argo.validation.text import Steps, Unprintable, checked, evaluated, on_the_wire
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, sequence

#: Fields that hold what Argo reads as text whatever it is (``decode-anystring``).
ANY_STRINGS = frozenset({"value", "default", "description"})
#: A quote that ends a JSON string.
QUOTE = re.compile(r'(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a Go type: *shape* as in ``data/go_types.yaml``; *always*: written even when it is empty."""

    name: str
    shape: str
    always: bool


@cache
def go_types() -> Mapping[str, Mapping[str, Field]]:
    """The Go types of a template by name, their fields in Go's order."""
    data = yaml.safe_load((DATA.parent / "go_types.yaml").read_text(encoding="utf-8"))
    return {name: {field.name: field for field in map(_field, fields.split())} for name, fields in data.items()}


def _field(written: str) -> Field:
    name, _, shape = written.removesuffix("!").partition(":")
    return Field(name, shape, written.endswith("!"))


def keeps(type: str, steps: Steps) -> bool:
    """Whether Go's decoder keeps what stands there in an object of that type; unknown fields it drops."""
    shape = type
    for step in steps:
        if shape == "raw":
            return True
        if isinstance(step, int):
            if not shape.startswith("[]"):
                return False
            shape = shape[2:]
        elif shape.startswith("{}"):
            shape = shape[2:]
        else:
            field = go_types().get(shape, {}).get(step)
            if field is None:
                return False
            shape = field.shape.removeprefix("*")
    return shape in ("", "raw")


def dumps(value: object, shape: str) -> str:
    """*value* as Go writes it, read as that type or shape."""
    if shape.startswith("[]"):
        return "[" + ",".join(dumps(each, shape[2:]) for each in sequence(value)) + "]"
    if shape.startswith("{}"):
        pairs = sorted((str(key), each) for key, each in mapping(value).items())
        return "{" + ",".join(f'"{on_the_wire(key)}":{dumps(each, shape[2:])}' for key, each in pairs) + "}"
    if shape in go_types():
        return "{" + ",".join(_fields(mapping(value), go_types()[shape])) + "}"
    if isinstance(value, str):
        return f'"{on_the_wire(value)}"'
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=shape == "raw")


def _fields(document: Document, fields: Mapping[str, Field]) -> Iterator[str]:
    for field in fields.values():
        value, shape = document.get(field.name), field.shape.removeprefix("*")
        if field.name in ANY_STRINGS and field.shape == "*":
            value = any_string(value)
        if value or (value is not None and shape != field.shape):
            yield f'"{field.name}":{dumps(value, shape)}'
        elif field.always:
            yield f'"{field.name}":{_empty(shape)}'


def _empty(shape: str) -> str:
    if shape.startswith(("[]", "{}")):
        return "null"
    return dumps({}, shape) if shape in go_types() else '""'


class Unclosed(Exception):
    """A tag that nothing in the text closes."""


class Crossing(Exception):
    """An expression that runs over the end of its string."""


def put_in(text: str, values: Mapping[str, str]) -> str:
    """
    The JSON *text* with each tag whose name *values* knows replaced, as text.

    Raises :class:`Unclosed`, :class:`Crossing` or :class:`~admission.argo.validation.text.Unprintable`.
    """
    if unclosed(text) is not None:
        raise Unclosed
    parts: list[str] = []
    end = 0
    for tag in tags(text):
        parts += (text[end : tag.start], _replaced(tag, values))
        end = tag.end
    return "".join((*parts, text[end:]))


def _replaced(tag: Tag, values: Mapping[str, str]) -> str:
    if tag.is_expression:
        if QUOTE.match(tag.expression):
            raise Crossing
        value = evaluated(tag.expression, values)
        return "{{" + tag.body + "}}" if value is None else on_the_wire(value)
    value = values.get(tag.name)
    if value is not None:
        return on_the_wire(checked(value))
    inner = tag.body.rfind(OPEN)
    value = values.get(tag.body[inner + 2 :].strip(GO_SPACE)) if inner > 0 else None
    if value is None:
        return "{{" + tag.body + "}}"
    return OPEN + tag.body[:inner] + on_the_wire(checked(value))


def substituted(document: Document, known: Mapping[str, str], own: Callable[[Document], Mapping[str, str]]) -> Document:
    """
    The template *document* after Argo's two passes, the second with the names that *own* finds in what the first made.

    Raises what :func:`put_in` raises.
    """
    first = put_in(dumps(document, "Template"), known)
    second = put_in(first, {**known, **own(_loads(first))})
    return _loads(second)


def _loads(text: str) -> Document:
    try:
        document: Any = json.loads(text)
    except ValueError:
        raise Unprintable(text) from None
    return mapping(document)
