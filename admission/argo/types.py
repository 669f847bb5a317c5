"""
The Go types behind a Workflow and a Pod: how Argo's controller reads a document, and what it writes of it again.

The table is ``data/types.yaml``. Nothing here knows what a field is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from operator import is_
from pathlib import Path as File
from typing import Any, TypeAlias

import yaml

from admission.argo.languages import quantities
from admission.argo.validation.values import any_string
from admission.errors import LanguageError, MergeError
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
        return {field.name: "0" if field.shape == "qty" else None for field in always}

    @cached_property
    def _folded(self) -> Mapping[str, Field]:
        return {name.lower(): field for name, field in self.fields.items()}

    def find(self, name: str) -> Field | None:
        """The field of that name; where there is none, the one whose name differs in case alone."""
        return self.fields.get(name) or self._folded.get(name.lower())

    def written(self, document: Document) -> Document:
        """What Go writes of *document*, at this level: without nulls, and without what it leaves out when empty."""
        fields = self.fields
        return {
            name: value
            for name, value in document.items()
            if value is not None and not ((field := fields.get(name)) and field.is_empty(value))
        }


@cache
def types() -> Mapping[str, Type]:
    """The table."""
    data = yaml.load(_TABLE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {name: Type(name, {field.name: field for field in map(_field, text.split())}) for name, text in data.items()}


def _field(text: str) -> Field:
    written, _, key = text.partition("@")
    name, _, shape = written.removesuffix("!").partition(":")
    return Field(name.removeprefix("+"), shape or "str", written.endswith("!"), key, name.startswith("+"))


def decoded(document: Document, type_name: str, *, newest: bool = True, keep_unknown: bool = False) -> Document:
    """
    *document* as the controller's decoder reads it: without nulls and unknown fields, any strings as strings.

    *keep_unknown* leaves unknown fields where they are. What is as it should be is the same object afterwards.
    ``MergeError`` where a value does not fit its field.
    """
    try:
        read: Document = _reader(type_name, newest, keep_unknown)(document)
    except _Misfit as misfit:
        steps = tuple(reversed(misfit.steps))
        raise MergeError(misfit.message, steps) from None
    return read


class _Misfit(Exception):
    """A value does not fit its field; *steps* lead there, the last one first."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.steps: list[str | int] = []


_Reader: TypeAlias = Callable[[Any], Any]


@cache
def _reader(shape: str, newest: bool, keep: bool) -> _Reader:
    """What reads a value of that shape."""
    shape = shape.removeprefix("*")
    if shape in _SCALARS:
        return _SCALARS[shape]
    if shape.startswith("[]"):
        return _list_reader(shape[2:], newest, keep)
    if shape.startswith("{}"):
        return _map_reader(shape[2:], newest, keep)
    return _struct_reader(types()[shape], newest, keep)


def _struct_reader(of: Type, newest: bool, keep: bool) -> _Reader:
    known = {name: field.shape for name, field in of.fields.items() if newest or not field.newest}
    readers: dict[str, _Reader] = {}
    plain = {name: _PLAIN[shape] for name, shape in known.items() if shape in _PLAIN}
    zeros = {} if keep else {name: zero for name, zero in of.zeros.items() if zero is not None}
    strict = of.name == "WorkflowStep"

    def field_reader(name: str) -> _Reader | None:
        # Types refer to each other in circles, so that a field's reader is made when it is first asked for.
        if name in known:
            return readers.setdefault(name, _reader(known[name], newest, keep))
        if strict:
            raise _Misfit(f"a step has no field {name!r}")
        return None

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _Misfit(f"an object belongs here, not {_kind(value)}")
        changed: Document = {}
        dropped, name = False, ""
        try:
            for name, each in value.items():
                if plain.get(name) is each.__class__:
                    continue
                reader = None if each is None else readers.get(name) or field_reader(name)
                if reader is None:
                    dropped = dropped or each is None or not keep
                elif (new := reader(each)) is not each:
                    changed[name] = new
        except _Misfit as misfit:
            misfit.steps.append(name)
            raise
        absent = {name: zero for name, zero in zeros.items() if name not in value} if zeros else zeros
        if not changed and not dropped and not absent:
            return value
        kept = {name: each for name, each in value.items() if each is not None and (keep or name in known)}
        return {**kept, **changed, **absent}

    return read


def _list_reader(of: str, newest: bool, keep: bool) -> _Reader:
    element, zero, plain = _reader(of, newest, keep), _zero(of), _PLAIN.get(of)

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise _Misfit(f"a list belongs here, not {_kind(value)}")
        new: list[Any] = []
        try:
            for each in value:
                fits = each.__class__ is plain
                new.append(each if fits else element(zero if each is None else each))
        except _Misfit as misfit:
            misfit.steps.append(len(new))
            raise
        return value if all(map(is_, new, value)) else new

    return read


def _map_reader(of: str, newest: bool, keep: bool) -> _Reader:
    element, zero = _reader(of, newest, keep), _zero(of)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _Misfit(f"an object belongs here, not {_kind(value)}")
        new: Document = {}
        name = ""
        try:
            for name, each in value.items():
                new[name] = element(zero if each is None else each)
        except _Misfit as misfit:
            misfit.steps.append(name)
            raise
        return value if all(map(is_, new.values(), value.values())) else new

    return read


def _zero(shape: str) -> Any:
    """What null is, as an element of a list or a map."""
    if shape in ("any", "qty", "intstr"):
        return {"any": None, "qty": "0", "intstr": 0}[shape]
    if shape[0] in "[*":
        return [] if shape[0] == "[" else {}
    return {"str": "", "text": "", "bool": False, "int": 0}.get(shape, {})


def _string(value: Any) -> Any:
    if not isinstance(value, str):
        raise _Misfit(f"a string belongs here, not {_kind(value)}")
    return value


def _boolean(value: Any) -> Any:
    if not isinstance(value, bool):
        raise _Misfit(f"true or false belongs here, not {_kind(value)}")
    return value


def _integer(value: Any) -> Any:
    # A whole number is one in any notation: the API server keeps 1.0 as 1.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise _Misfit(f"a whole number belongs here, not {_kind(value)}")
    return value


def _integer_or_string(value: Any) -> Any:
    return value if isinstance(value, str) else _integer(value)


def _quantity(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Misfit(f"a quantity belongs here, not {_kind(value)}")
    try:
        quantities.parse(value.strip() if isinstance(value, str) else value)
    except LanguageError as error:
        raise _Misfit(str(error)) from None
    return value


def _plugin(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        raise _Misfit("a plugin is an object with exactly one key, its name")
    return value


def _anything(value: Any) -> Any:
    return value


#: By shape, the Python class whose values are read as they are.
_PLAIN: Mapping[str, type] = {"str": str, "text": str, "intstr": str, "bool": bool}

_SCALARS: Mapping[str, _Reader] = {
    "str": _string,
    "bool": _boolean,
    "int": _integer,
    "intstr": _integer_or_string,
    "qty": _quantity,
    "text": any_string,
    "plugin": _plugin,
    "any": _anything,
}


def _kind(value: object) -> str:
    """What *value* is, for a message."""
    for python, name in ((bool, "true or false"), (int | float, "a number"), (str, "a string"), (list, "a list")):
        if isinstance(value, python):
            return name
    return "an object" if isinstance(value, dict) else "null"


def fields_of(shape: str) -> Type | None:
    """The type of that shape, if it is one or a pointer to one."""
    return types().get(shape.removeprefix("*"))


def set_fields(document: Document, type_name: str) -> Iterator[str]:
    """The fields of *document* whose value is not the zero of their Go type; unknown ones are not looked at."""
    for name, value in document.items():
        field = types()[type_name].fields.get(name)
        if field is None or value is None:
            continue
        if field.shape[0] == "*" or value not in ("", [], {}, False, 0):
            yield name
