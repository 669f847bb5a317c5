"""What policies could be by mistake: a part of one left out, a condition the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from admission.cli import check
from admission.model.document import Document, mapping, sequence

#: The parts of a policy without which it says or does less.
_PARTS = ("validations", "mutations", "allow", "authorize", "signatures")

#: The lists of conditions, each of which has an expression.
_CONDITIONS = ("matchConditions", "validations")

#: A field of ``spec``, and the index or key of a part in it.
_Place: TypeAlias = tuple[str, int | str]


@dataclass(frozen=True)
class Mutant:
    """*documents* with one of them changed; *what* says which part of which."""

    what: str
    documents: tuple[Document, ...]


def left_out(documents: tuple[Document, ...]) -> Iterator[Mutant]:
    """*documents* without one part of one policy, for each."""
    for index, document in enumerate(documents):
        spec = mapping(document.get("spec"))
        for field, key in _places(spec, _PARTS):
            rest = _without(spec, field, key)
            # Without its only part a policy is none: then the question is what is said without it.
            changed = ({**document, "spec": rest},) if rest.keys() & set(_PARTS) else ()
            yield _mutant(documents, index, (field, key), changed)


def negated(documents: tuple[Document, ...]) -> Iterator[Mutant]:
    """*documents* with one condition of one policy the other way round, for each."""
    for index, document in enumerate(documents):
        spec = mapping(document.get("spec"))
        for field, key in _places(spec, _CONDITIONS):
            conditions = list(spec[field])
            conditions[int(key)] = {**conditions[int(key)], "expression": f"!({conditions[int(key)]['expression']})"}
            yield _mutant(documents, index, (field, key), ({**document, "spec": {**spec, field: conditions}},))


def _mutant(documents: tuple[Document, ...], index: int, place: _Place, changed: tuple[Document, ...]) -> Mutant:
    field, key = place
    part = f"{field}[{key}]" if isinstance(key, int) else f"{field}.{key}"
    what = f"{check.name(documents[index])}: {part}"
    return Mutant(what, (*documents[:index], *changed, *documents[index + 1 :]))


def _places(spec: Document, fields: tuple[str, ...]) -> Iterator[_Place]:
    for field in fields:
        parts = spec.get(field)
        keys: Any = mapping(parts) if isinstance(parts, dict) else range(len(sequence(parts)))
        yield from ((field, key) for key in keys)


def _without(spec: Document, field: str, key: int | str) -> Document:
    """*spec* without one part; without the field where nothing is left of it."""
    parts = spec[field]
    kept: Any
    if isinstance(parts, dict):
        kept = {name: part for name, part in parts.items() if name != key}
    else:
        kept = [part for index, part in enumerate(parts) if index != key]
    rest = {name: value for name, value in spec.items() if name != field}
    return {**rest, field: kept} if kept else rest
