"""
Objects as the JSON text that Go's types make of them, and substitution in that text.

Argo looks for tags in the text of a whole object. It shows only where a tag is not closed within its string: then the
tag runs on through the text that follows, whose order is that of the fields in Go (argo-validation 5.1).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

import yaml

from admission.argo.languages.tags import OPEN, Tag, tags, unclosed
from admission.argo.validation.evaluate import evaluated
from admission.argo.validation.known import Layered
from admission.argo.validation.tables import DATA
from admission.argo.validation.text import Steps, Unprintable, checked, on_the_wire
from admission.argo.validation.values import Values, any_string
from admission.model.document import Document, mapping, sequence

#: Fields that hold what Argo reads as text whatever it is (``decode-anystring``).
ANY_STRINGS = frozenset({"value", "default", "description"})
#: Text that is ready, or a value and the shape in which it is still to be written.
Part: TypeAlias = str | tuple[object, str]


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
    """*value* as Go writes it, read as that type or shape; without recursion, so of any depth."""
    written: list[str] = []
    waiting: list[Part] = [(value, shape)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            written.append(part)
        else:
            waiting.extend(reversed(list(_parts(*part))))
    return "".join(written)


def _parts(value: object, shape: str) -> Iterator[Part]:
    if shape.startswith("[]") or (shape == "raw" and isinstance(value, list)):
        below = shape[2:] if shape != "raw" else shape
        yield from _joined("[", [[(each, below)] for each in sequence(value)], "]")
    elif shape.startswith("{}") or (shape == "raw" and isinstance(value, dict)):
        below = shape[2:] if shape != "raw" else shape
        pairs = sorted(((str(key), each) for key, each in mapping(value).items()), key=itemgetter(0))
        yield from _joined("{", [[_key(key), (each, below)] for key, each in pairs], "}")
    elif shape in go_types():
        yield from _joined("{", list(_fields(mapping(value), go_types()[shape])), "}")
    elif isinstance(value, str):
        yield f'"{on_the_wire(value)}"'
    else:
        yield json.dumps(value if isinstance(value, bool | int | float) else None)


def _joined(opening: str, members: list[list[Part]], closing: str) -> Iterator[Part]:
    yield opening
    for i, member in enumerate(members):
        if i:
            yield ","
        yield from member
    yield closing


def _key(name: str) -> str:
    return f'"{on_the_wire(name)}":'


def _fields(document: Document, fields: Mapping[str, Field]) -> Iterator[list[Part]]:
    for field in fields.values():
        value, shape = document.get(field.name), field.shape.removeprefix("*")
        if field.name in ANY_STRINGS and field.shape == "*":
            value = any_string(value)
        if value or (value is not None and shape != field.shape):
            yield [_key(field.name), (value, shape)]
        elif field.always:
            yield [_key(field.name), *_empty(shape)]


def _empty(shape: str) -> list[Part]:
    if shape.startswith(("[]", "{}")):
        return ["null"]
    return [({}, shape)] if shape in go_types() else ['""']


class Unclosed(Exception):
    """A tag that nothing in the text closes."""


class Crossing(Exception):
    """An expression that runs over the end of its string."""


def put_in(text: str, values: Values) -> str:
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


def _replaced(tag: Tag, values: Values) -> str:
    if tag.is_expression:
        value = evaluated(_read(tag.expression), values)
        return "{{" + tag.body + "}}" if value is None else on_the_wire(value)
    value = values.get(tag.name)
    if value is not None:
        return on_the_wire(checked(value))
    inner = tag.body.rfind(OPEN)
    value = values.get(tag.body[inner + 2 :]) if inner > 0 else None
    if value is None:
        return "{{" + tag.body + "}}"
    return OPEN + tag.body[:inner] + on_the_wire(checked(value))


def _read(text: str) -> str:
    """What *text*, the inside of a JSON string, says."""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        raise Crossing from None


def substituted(document: Document, known: Layered, own: Callable[[Document], dict[str, str]]) -> Document:
    """
    The template *document* after Argo's two passes, the second with the names that *own* finds in what the first made.

    Raises what :func:`put_in` raises.
    """
    first = put_in(dumps(document, "Template"), known)
    second = put_in(first, known.and_(own(_loads(first, document))))
    return _loads(second, document)


def _loads(text: str, otherwise: Document) -> Document:
    """The object that *text* is; *otherwise* where it is too deep to be read."""
    try:
        document: Any = json.loads(text)
    except RecursionError:
        return otherwise
    except ValueError:
        raise Unprintable(text) from None
    return mapping(document)
