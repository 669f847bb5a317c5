"""How Argo's controller reads a document: by the types of ``types.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import is_
from typing import Any, NamedTuple, TypeAlias

from admission.argo.languages import quantities
from admission.argo.letter_case import read_back
from admission.argo.scalars import PROBLEMS
from admission.argo.surely import (
    INT32,
    INT64,
    NONE,
    SOMETHING,
    UINT64,
    Kind,
    Member,
    Structs,
    listed,
    mapped,
    teller,
)
from admission.argo.types import Type, types
from admission.argo.validation.values import any_string
from admission.errors import LanguageError, MergeError
from admission.model.document import Document, sequence


def decoded(document: Document, type_name: str, *, newest: bool = True, keep_unknown: bool = False) -> Document:
    """
    *document* as the controller's decoder reads it: without nulls and unknown fields, any strings as strings.

    *keep_unknown* leaves unknown fields where they are. What is as it should be is the same object afterwards.
    ``MergeError`` where a value does not fit its field.
    """
    try:
        read: Document = _reader(type_name, _Way(newest, keep_unknown))(document)
    except _Misfit as misfit:
        steps = tuple(reversed(misfit.steps))
        raise MergeError(misfit.message, steps) from None
    return read


def respelt(spec: Document, *, newest: bool) -> Document:
    """*spec* with the fields below steps under the names that Argo's decoder takes them for; itself, mostly."""
    templates = spec.get("templates")
    if not isinstance(templates, list):
        return spec
    found = [
        _template_respelt(each, newest) if isinstance(each, dict) and "steps" in each else each for each in templates
    ]
    return spec if all(map(is_, found, templates)) else {**spec, "templates": found}


def _template_respelt(template: Document, newest: bool) -> Document:
    groups = template.get("steps")
    if not isinstance(groups, list):
        return template
    reader = _reader("WorkflowStep", _Way(newest, keep=True, below_step=True))
    try:
        for group in groups:
            for step in sequence(group):
                reader(step)
    except _OtherCase:
        read: Document = _reader("Template", _Way(newest, keep=True))(template)
        return read
    except _Misfit:  # then Argo runs none of it
        pass
    return template


class _Misfit(Exception):
    """A value does not fit its field; *steps* lead there, the last one first."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.steps: list[str | int] = []


class _OtherCase(Exception):
    """A field below a step has its name in another letter case."""


class _Way(NamedTuple):
    """
    How a value is read: for Argo 4.1 (*newest*) or 4.0, unknown fields kept (*keep*) or not.

    *below_step*: Argo decodes steps on their own, and there it does not mind the letter case of names.
    """

    newest: bool
    keep: bool
    below_step: bool = False


_Reader: TypeAlias = Callable[[Any], Any]


@cache
def _reader(shape: str, way: _Way) -> _Reader:
    """What reads a value of that shape."""
    shape = shape.removeprefix("*")
    if shape in _SCALARS:
        return _SCALARS[shape]
    if shape.startswith("[]"):
        return _list_reader(shape[2:], way)
    if shape.startswith("{}"):
        return _map_reader(shape[2:], way)
    return _struct_reader(types()[shape], way)


def _struct_reader(of: Type, way: _Way) -> _Reader:
    known = {name: field.shape for name, field in of.fields.items() if way.newest or not field.newest}
    readers: dict[str, _Reader] = {}
    plain = {name: _PLAIN[shape] for name, shape in known.items() if shape in _PLAIN}
    zeros = {} if way.keep else {name: zero for name, zero in of.zeros.items() if zero is not None}
    strict = of.name == "WorkflowStep"
    below = way._replace(below_step=True) if strict else way

    def field_reader(name: str) -> _Reader | None:
        # Types refer to each other in circles, so that a field's reader is made when it is first asked for.
        if name in known:
            return readers.setdefault(name, _reader(known[name], below))
        if strict:
            raise _Misfit(f"a step has no field {name!r}")
        if way.below_step and (meant := of.find(name)) and meant.name in known:
            raise _OtherCase
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
                    dropped = dropped or each is None or not way.keep
                elif (new := reader(each)) is not each:
                    changed[name] = new
        except _Misfit as misfit:
            misfit.steps.append(name)
            raise
        absent = {name: zero for name, zero in zeros.items() if value.get(name) is None} if zeros else zeros
        if not changed and not dropped and not absent:
            return value
        kept = {name: each for name, each in value.items() if each is not None and (way.keep or name in known)}
        return {**kept, **changed, **absent}

    def read_step(value: Any) -> Any:
        try:
            return read(value)
        except _OtherCase:
            return read({name: read_back(None, each, known.get(name, "any")) for name, each in value.items()})

    return read_step if strict and not way.below_step else read


def _list_reader(of: str, way: _Way) -> _Reader:
    element, zero = _reader(of, way), _zero(of)
    surely = _same(of.removeprefix("*"), way.newest) if of.removeprefix("*") in types() else None
    # A pointer may lead to nothing, even in a list.
    plain = {type(None) if of[0] == "*" else _PLAIN.get(of)}

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise _Misfit(f"a list belongs here, not {_kind(value)}")
        if plain.issuperset(map(type, value)):
            return value
        new: list[Any] = []
        try:
            for each in value:
                fits = each.__class__ in plain or (surely and surely(each))
                new.append(each if fits else element(zero if each is None else each))
        except _Misfit as misfit:
            misfit.steps.append(len(new))
            raise
        return value if all(map(is_, new, value)) else new

    return read


def _map_reader(of: str, way: _Way) -> _Reader:
    element, zero, plain = _reader(of, way), _zero(of), {_PLAIN.get(of)}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _Misfit(f"an object belongs here, not {_kind(value)}")
        if plain.issuperset(map(type, value.values())):
            return value
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


@cache
def _same(of: str, newest: bool) -> Callable[[Any], bool]:
    """What tells whether an object of that type is surely read as it is."""
    return teller(lambda quantity: _Kinds(newest, quantity).of(of))


class _Kinds:
    """Types of the table as msgspec's, without nulls."""

    def __init__(self, newest: bool, quantity: Kind) -> None:
        self._newest = newest
        self._scalars = {**_KINDS, "qty": quantity}
        self._structs = Structs()

    def of(self, shape: str) -> Kind:
        shape = shape.removeprefix("*")
        if shape.startswith("[]"):
            return listed(self.of(shape[2:]))
        if shape.startswith("{}"):
            return mapped(self.of(shape[2:]))
        if shape not in types():
            return self._scalars.get(shape, NONE)
        return self._structs.of(shape, lambda: self._fields(types()[shape]))

    def _fields(self, of: Type) -> Iterator[Member]:
        for name, field in of.fields.items():
            if self._newest or not field.newest:
                yield name, self.of(field.shape), of.zeros.get(name) is not None


def _zero(shape: str) -> Any:
    """What null is, as an element of a list or a map."""
    if shape in ("any", "qty", "intstr"):
        return {"any": None, "qty": "0", "intstr": 0}[shape]
    if shape[0] == "[":
        return []
    return {"str": "", "text": "", "bool": False, "int": 0, "int32": 0, "uint": 0}.get(shape, {})


def _string(value: Any) -> Any:
    if not isinstance(value, str):
        raise _Misfit(f"a string belongs here, not {_kind(value)}")
    return value


def _boolean(value: Any) -> Any:
    if not isinstance(value, bool):
        raise _Misfit(f"true or false belongs here, not {_kind(value)}")
    return value


def _integer(least: int, most: int) -> _Reader:
    def read(value: Any) -> Any:
        # 2.0 of a YAML file is 2 by now, as on its way through kubectl; as JSON Argo does not take it.
        if isinstance(value, bool) or not isinstance(value, int):
            raise _Misfit(f"a whole number belongs here, not {_kind(value)}")
        if not least <= value <= most:
            raise _Misfit(f"a whole number from {least} to {most} belongs here")
        return value

    return read


_int32 = _integer(-(2**31), 2**31 - 1)


def _integer_or_string(value: Any) -> Any:
    return value if isinstance(value, str) else _int32(value)


def _quantity(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Misfit(f"a quantity belongs here, not {_kind(value)}")
    written = value.strip() if isinstance(value, str) else value
    try:
        quantities.parse(written)
    except LanguageError as error:
        raise _Misfit(str(error)) from None
    return written


def _checked(scalar: str) -> _Reader:
    """A reader of the values that the schema takes for *scalar*."""
    problem = PROBLEMS[scalar]

    def read(value: Any) -> Any:
        if found := problem(value):
            raise _Misfit(found)
        return value

    return read


def _bytes(value: Any) -> Any:
    return _checked("bytes")(value).translate(_NO_LINES)


def _plugin(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        raise _Misfit("a plugin is an object with exactly one key, its name")
    return value


def _anything(value: Any) -> Any:
    return value


#: By shape, the Python class whose values are read as they are.
_PLAIN: Mapping[str, type] = {"str": str, "text": str, "intstr": str, "bool": bool}

#: Base64 may be written on several lines, and is written again on one.
_NO_LINES = str.maketrans("", "", "\r\n")

#: The same for msgspec, as far as it is sure.
_KINDS: Mapping[str, Kind] = {
    "str": str,
    "text": str,
    "bool": bool,
    "int": INT64,
    "int32": INT32,
    "uint": UINT64,
    "intstr": str | INT32,
    "any": SOMETHING,
}

_SCALARS: Mapping[str, _Reader] = {
    "str": _string,
    "bool": _boolean,
    "int": _integer(-(2**63), 2**63 - 1),
    "int32": _int32,
    "uint": _integer(0, 2**64 - 1),
    "intstr": _integer_or_string,
    "qty": _quantity,
    "text": any_string,
    "bytes": _bytes,
    "time": _checked("time"),
    "plugin": _plugin,
    "any": _anything,
}


def _kind(value: object) -> str:
    """What *value* is, for a message."""
    for python, name in ((bool, "true or false"), (int | float, "a number"), (str, "a string"), (list, "a list")):
        if isinstance(value, python):
            return name
    return "an object" if isinstance(value, dict) else "null"
