"""
The Go types behind a Workflow and a Pod: their fields, and what Go writes of them.

The table is ``data/types.yaml``. Nothing here knows what a field is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path as File
from typing import Any

import yaml

from admission.model.document import Document

_TABLE = File(__file__).parent / "data" / "types.yaml"


@dataclass(frozen=True, slots=True)
class Field:
    """
    A field of a type. *shape* as in the table; *key*: by what its elements are told apart when two lists are merged.

    *always*: written even when it is empty; *newest*: since Argo 4.1.
    """

    name: str
    shape: str
    always: bool
    key: str
    newest: bool

    def is_empty(self, value: object) -> bool:
        """Whether Go leaves out *value*, by ``omitempty``: pointers and objects it does not, however empty."""
        if self.always or self.shape[0] == "*":
            return False
        return value in ("", [], {}) if isinstance(value, str | list | dict) else not value

    @property
    def is_struct(self) -> bool:
        return self.shape in types()

    @property
    def element(self) -> str:
        """The shape of what stands in it, or of each element where that is a list."""
        return self.shape.removeprefix("[]").removeprefix("*")


class Type:
    """A Go type: its fields by name."""

    def __init__(self, name: str, fields: Mapping[str, Field]) -> None:
        self.name = name
        self.fields = fields

    @cached_property
    def zeros(self) -> Mapping[str, Any]:
        """
        What Go writes of fields that are not there: they override what they are merged over by their absence.

        None stands for a value that says nothing, so that it is as good as none.
        """
        always = (field for field in self.fields.values() if field.always and not field.is_struct)
        return {field.name: {"qty": "0", "intstr": 0}.get(field.shape) for field in always}

    @cached_property
    def _folded(self) -> Mapping[str, Field]:
        return {_without_case(name): field for name, field in self.fields.items()}

    def find(self, name: str) -> Field | None:
        """The field of that name; where there is none, the one whose name differs in case alone."""
        return self.fields.get(name) or self._folded.get(_without_case(name))

    def written(self, document: Document) -> Document:
        """What Go writes of *document*, at this level: without nulls, and without what it leaves out when empty."""
        fields = self.fields
        return {
            name: value
            for name, value in document.items()
            if value is not None and not ((field := fields.get(name)) and field.is_empty(value))
        }


def _without_case(name: str) -> str:
    # Go takes the long s for an s, too; that the sign of Kelvin is a k, Python knows.
    return name.replace("\u017f", "s").lower()


@cache
def types() -> Mapping[str, Type]:
    """The table."""
    data = yaml.load(_TABLE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {name: Type(name, {field.name: field for field in map(_field, text.split())}) for name, text in data.items()}


def _field(text: str) -> Field:
    written, _, key = text.partition("@")
    name, _, shape = written.removesuffix("!").partition(":")
    return Field(name.removeprefix("+"), shape or "str", written.endswith("!"), key, name.startswith("+"))


def written_by_go(value: Any, shape: str) -> Any:
    """What Go writes of *value*, of that shape, at every level."""
    shape = shape.removeprefix("*")
    if isinstance(value, list) and shape.startswith("[]"):
        return [written_by_go(each, shape[2:]) for each in value]
    if not isinstance(value, dict):
        return value
    if shape.startswith("{}"):
        return {name: written_by_go(each, shape[2:]) for name, each in value.items()}
    of = types().get(shape)
    if of is None:
        return value
    fields = of.fields
    return {
        name: written_by_go(each, fields[name].shape) if name in fields else each
        for name, each in of.written(value).items()
    }


def fields_of(shape: str) -> Type | None:
    """The type of that shape, if it is one or a pointer to one."""
    return types().get(shape.removeprefix("*"))


def inner(shape: str, name: str) -> tuple[str, str]:
    """What the field *name* of *shape* holds, or each of its elements, and by which key; empty where nobody knows."""
    known = types().get(shape)
    field = known.find(name) if known else None
    if field is None:
        return "", ""
    return field.element, "" if field.key == "-" else field.key


def set_fields(document: Document, type_name: str) -> Iterator[str]:
    """The fields of *document* whose value is not the zero of their Go type; unknown ones are not looked at."""
    for name, value in document.items():
        field = types()[type_name].fields.get(name)
        if field is None or value is None:
            continue
        if field.shape[0] == "*" or value not in ("", [], {}, False, 0):
            yield name
