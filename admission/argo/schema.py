"""
The structure of Argo's objects: fields that there are not, values that do not fit, and what the full CRDs ask beyond.

What Argo's decoder refuses, it refuses before any other check (argo-validation 2): values of the wrong type,
and unknown fields directly in a step. Other unknown fields it drops, and only ``argo lint`` refuses them; of those
below a step not even that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeAlias

from admission.argo.fields import Field, Listed, Mapped, Scalar, Shape, Type, types
from admission.argo.fitting import fits, repeated
from admission.argo.scalars import PROBLEMS
from admission.model.document import Document
from admission.model.path import Link, Path

#: How many suggestions are made for one object, for names of which length: the search costs.
LIMIT, LENGTH = 20, 100


class Refusal(Enum):
    """Who refuses it, the strictest first."""

    #: Argo cannot decode the object.
    DECODER = "decoder"
    #: ``argo lint``, and the API server where the full CRDs are; the controller drops the field.
    STRICT = "strict"
    #: Nobody: Argo never sees it, and never says so.
    NOBODY = "nobody"
    #: The API server where the full CRDs are; Argo itself takes it.
    CRD = "crd"


@dataclass(frozen=True, slots=True)
class Misfit:
    """
    Something that is not as the table of fields says: *kind* is the last part of the finding's source.

    *meant*: of an unknown field, the one that Argo's decoder takes it for.
    """

    kind: str
    path: Path
    message: str
    refusal: Refusal
    meant: str = ""


#: A value that is still to be looked at, what it should be, where it stands, and whether it is below a step.
Part: TypeAlias = tuple[Any, Shape, Link, bool]


def misfits(document: Document, kind: str, *, newest: bool = True) -> list[Misfit]:
    """What does not fit in *document*, an object of that *kind*, for Argo 4.1 (*newest*) or 4.0."""
    return _Reader(newest).read(document, types()[kind])


class _Reader:
    """Reads one object, each place once; without recursion, so of any depth."""

    def __init__(self, newest: bool) -> None:
        self._newest = newest
        self._suggested = 0
        self._waiting: list[Part] = []
        self._found: list[Misfit] = []

    def read(self, document: Document, type: Type) -> list[Misfit]:
        waiting = self._waiting
        waiting.append((document, type, None, False))
        while waiting:
            value, shape, link, below_step = waiting.pop()
            if isinstance(shape, Type):
                self._object(value, shape, link, below_step)
            elif isinstance(shape, Listed):
                self._list(value, shape, link, below_step)
            elif isinstance(shape, Mapped):
                self._map(value, shape, link, below_step)
            elif misfit := _scalar(value, shape, link):
                self._found.append(misfit)
        return self._found

    def _object(self, value: Any, type: Type, link: Link, below_step: bool) -> None:
        if not isinstance(value, dict):
            self._found.append(_wrong(link, "write an object here"))
            return
        # Most of what stands in a document is a text where a text belongs, or an object where one does.
        plain, parts, inner = type.plain, type.parts, below_step or type.name == "WorkflowStep"
        for key, each in value.items():
            if plain.get(key) is each.__class__:
                continue
            shape = parts.get(key) or self._shape(key, value, type, link, below_step)
            if shape and each is not None and (shape.__class__ is Type or not _fits(each, shape)):
                self._waiting.append((each, shape, (link, key), inner))
        for key in type.required:
            if value.get(key) is None:
                said = f"{key} is missing: Argo's full CRDs refuse the object without it"
                self._found.append(Misfit("missing-field", Path.along(link), said, Refusal.CRD))

    def _shape(self, key: str, value: Document, type: Type, link: Link, below_step: bool) -> Shape | None:
        """What a field should be; of one that there is not, what Argo's decoder takes it for."""
        field = type.fields.get(key)
        if field is None or (field.is_new and not self._newest):
            field = self._unknown(key, value, type, link, below_step)
        return field.shape if field else None

    def _unknown(self, key: str, value: Document, type: Type, link: Link, below_step: bool) -> Field | None:
        """Note a field that there is not; the one that Argo's decoder takes it for, if it does."""
        if type.name == "WorkflowStep":
            refusal = Refusal.DECODER
        else:
            refusal = Refusal.NOBODY if below_step else Refusal.STRICT
        shown = key if len(key) <= LENGTH else f"{key[:LENGTH]}…"
        since = ": it came with Argo 4.1" if key in type.fields else self._suggestion(key, value, type)
        meant = type.spelt.get(key.casefold(), "") if refusal is Refusal.NOBODY else ""
        said = f"there is no field {shown!r} here{since}"
        field = type.fields.get(meant)
        if field and field.is_new and not self._newest:
            field, meant = None, ""
        self._found.append(Misfit("unknown-field", Path.along((link, key)), said, refusal, meant))
        return field

    def _suggestion(self, key: str, value: Document, type: Type) -> str:
        """What was probably meant: the same field one level deeper, or a field of about that name."""
        self._suggested += 1
        if self._suggested > LIMIT or len(key) > LENGTH:
            return ""
        for name, field in type.fields.items():
            if isinstance(value.get(name), dict) and isinstance(field.shape, Type) and key in field.shape.fields:
                return f": does it belong to {name!r}?"
        alike = {name.lower(): name for name in type.fields}
        near = get_close_matches(key.lower().replace("_", ""), alike, 1)
        return f": did you mean {alike[near[0]]!r}?" if near else ""

    def _list(self, value: Any, shape: Listed, link: Link, below_step: bool) -> None:
        if not isinstance(value, list):
            self._found.append(_wrong(link, "write a list here") if not _is_flat(shape) else _flat_steps(link))
            return
        if shape.keys and len(value) > 1:
            self._found += _repeated(value, shape.keys, link)
        item, is_flat = shape.item, _is_flat(shape)
        surely = fits(item, self._newest) if isinstance(item, Type) else None
        for index, each in enumerate(value):
            if each is None or each.__class__ in shape.plain or (surely and surely(each)):
                continue
            if is_flat and isinstance(each, dict):
                self._found.append(_flat_steps((link, index)))
            else:
                self._waiting.append((each, item, (link, index), below_step))

    def _map(self, value: Any, shape: Mapped, link: Link, below_step: bool) -> None:
        if not isinstance(value, dict):
            self._found.append(_wrong(link, "write an object here"))
            return
        item, plain = shape.value, shape.plain
        for key, each in value.items():
            if each is not None and each.__class__ not in plain and not _fits(each, item):
                self._waiting.append((each, item, (link, key), below_step))


def _fits(value: Any, shape: Shape) -> bool:
    """Whether *value* fits, as far as that is told at once: a scalar, or a list or object of texts."""
    if isinstance(shape, Scalar):
        return _scalar(value, shape, None) is None
    if isinstance(shape, Type) or not shape.plain:
        return False
    if isinstance(shape, Listed):
        return isinstance(value, list) and shape.plain.issuperset(map(type, value))
    return isinstance(value, dict) and shape.plain.issuperset(map(type, value.values()))


def _scalar(value: Any, shape: Scalar, link: Link) -> Misfit | None:
    problem = PROBLEMS[shape.name](value)
    if problem:
        return _wrong(link, problem)
    if shape.name == "plugin" and len(value) != 1:
        said = f"a plugin template has one key, the name of the plugin: this has {len(value)}"
        return Misfit("decode-plugin-one-key", Path.along(link), said, Refusal.DECODER)
    if shape.name == "anystr" and not isinstance(value, str | dict | list):
        said = "write it in quotes: Argo's full CRDs take a text only"
        return Misfit("wrong-type", Path.along(link), said, Refusal.CRD)
    if shape.values and value not in shape.values:
        said = f"write one of {', '.join(filter(None, shape.values))} here: Argo's full CRDs take no other"
        return Misfit("unknown-value", Path.along(link), said, Refusal.CRD)
    return None


def _is_flat(shape: Listed) -> bool:
    """Whether it is the list of the groups of steps, in which a level is easily forgotten."""
    return isinstance(shape.item, Listed) and isinstance(shape.item.item, Type)


def _flat_steps(link: Link) -> Misfit:
    said = "steps are a list of lists: write '- - name: …' for a step of its own"
    return Misfit("decode-steps-shape", Path.along(link), said, Refusal.DECODER)


def _repeated(items: list[Any], keys: tuple[str, ...], link: Link) -> Iterator[Misfit]:
    """The items that have the keys of an earlier one."""
    for index in repeated(items, keys):
        said = f"there is already one with the same {' and '.join(keys)}: Argo's full CRDs refuse that"
        yield Misfit("repeated-item", Path.along((link, index)), said, Refusal.CRD)


def _wrong(link: Link, message: str) -> Misfit:
    return Misfit("wrong-type", Path.along(link), message, Refusal.DECODER)
