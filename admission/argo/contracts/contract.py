"""
The annotation ``argo-admission.io/parameters`` of a template: what its parameters may be (interfaces.md 7).

A JSON object by parameter: ``{"replicas": {"minimum": 1, "maximum": 9}, "build/ref": {"pattern": "^v[0-9]"}}``. A name
means that parameter of the ``arguments`` and of the inputs of all templates of the object; ``template/name`` the input
of one template alone. As in JSON Schema and in Kubernetes a pattern may match anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import re2

from admission.model.annotations import PARAMETERS, said
from admission.model.document import Document, mapping
from admission.model.path import Path

PLACE = Path(("metadata", "annotations", PARAMETERS))

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")

_FIELDS = ("pattern", "minimum", "maximum", "required")

#: Characters of a value that a message shows.
_SHOWN = 60

#: Contracts of one object: as many as Argo's full CRDs let a template have inputs.
_MOST = 500

#: Values longer than this are matched by no pattern: RE2 is linear, but a megabyte is still a megabyte.
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Contract:
    """What one parameter may be; *required*: every caller hands it over itself, and not empty."""

    pattern: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    required: bool = False

    def violation(self, value: str) -> str:
        """Why *value* may not be handed over; empty where it may."""
        if self.required and not value:
            return "must not be empty"
        if self.pattern and not _matches(self.pattern, value):
            return f"{_shown(value)} does not match {self.pattern!r}"
        if self.minimum is None and self.maximum is None:
            return ""
        if not _NUMBER.fullmatch(value.strip()):
            return f"{_shown(value)} is no number"
        number = Decimal(value.strip())
        if self.minimum is not None and number < self.minimum:
            return f"{_shown(value)} is less than {self.minimum}"
        if self.maximum is not None and number > self.maximum:
            return f"{_shown(value)} is more than {self.maximum}"
        return ""


ANYTHING = Contract()


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts of the parameters of one object."""

    by_name: Mapping[str, Contract]

    @classmethod
    def of(cls, document: Document) -> Contracts:
        """Those of *document*; what cannot be read counts as absent (``problems``)."""
        entries = mapping(said(document, PARAMETERS)).items()
        if len(entries) > _MOST:
            return cls({})
        return cls({name: _read(entry) for name, entry in entries if not any(_problems(entry))})

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def argument(self, name: str) -> Contract:
        """The contract of an argument of the whole object."""
        return self.by_name.get(name, ANYTHING)

    def input(self, template: str, name: str) -> Contract:
        """The contract of an input of one of its templates."""
        return self.by_name.get(f"{template}/{name}", self.argument(name))

    def required_arguments(self) -> Iterator[str]:
        """The arguments of the whole object that every caller must give."""
        return (name for name, contract in self.by_name.items() if contract.required and "/" not in name)


def violation(value: str, enum: Sequence[Any], contract: Contract) -> str:
    """Why *value* may not be handed to a parameter with that *enum* and *contract*; empty where it may."""
    if enum and value not in enum:
        return f"{_shown(value)} is none of the values of the enum: {', '.join(map(_shown, list(enum)[:5]))}"
    return contract.violation(value)


def problems(document: Document) -> Iterator[str]:
    """What of the annotation of *document* cannot be read: nobody is held to it."""
    written = said(document, PARAMETERS)
    if written is None:
        return
    if not isinstance(written, dict):
        yield "must be a JSON object of contracts by the names of parameters"
        return
    if len(written) > _MOST:
        yield f"has {len(written)} contracts, more than {_MOST}"
        return
    for name, entry in written.items():
        yield from (f"{name}: {problem}" for problem in _problems(entry))


def _problems(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"a contract is an object with {', '.join(_FIELDS)}"
        return
    for name, value in entry.items():
        if name not in _FIELDS:
            yield f"a contract has no {name!r}, only {', '.join(_FIELDS)}"
        elif name == "required" and not isinstance(value, bool):
            yield "required is true or false"
        elif name in ("minimum", "maximum") and not _is_number(value):
            yield f"{name} is a number"
        elif name == "pattern" and (problem := _pattern_problem(value)):
            yield problem


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _pattern_problem(pattern: Any) -> str:
    if not isinstance(pattern, str):
        return "pattern is a regular expression"
    try:
        _compiled(pattern)
    except re2.error as error:
        why = error.args[0] if error.args else error
        return f"pattern is no regular expression of RE2: {why.decode() if isinstance(why, bytes) else why}"
    return ""


def _read(entry: Document) -> Contract:
    numbers = {name: Decimal(str(entry[name])) for name in ("minimum", "maximum") if name in entry}
    return Contract(
        pattern=entry.get("pattern", ""),
        minimum=numbers.get("minimum"),
        maximum=numbers.get("maximum"),
        required=entry.get("required", False),
    )


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """
    *pattern* for RE2, which takes time linear in the text whatever the pattern: authors of templates write them, and
    their callers the texts. A bound of memory keeps counted repetitions small.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def _matches(pattern: str, value: str) -> bool:
    if len(value) > _LONGEST:
        return False
    return _compiled(pattern).search(value.encode("utf-8", "replace").decode()) is not None


def _shown(value: object) -> str:
    written = str(value)
    return repr(written if len(written) <= _SHOWN else written[:_SHOWN] + "…")
