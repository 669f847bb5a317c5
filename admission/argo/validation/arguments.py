"""The arguments of a workflow, step or task: each says what its value is (argo-validation 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.validation.artifacts import has_location_or_key
from admission.argo.validation.place import Place
from admission.argo.validation.problem import Problem
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, sequence, text

#: What an argument's value may come from, and what it may not.
SOURCES = ("configMapKeyRef", "event", "supplied")
FOREIGN = ("path", "jsonPath", "parameter", "expression")


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter or artifact of arguments, and where it stands."""

    place: Place
    document: Document

    @property
    def name(self) -> str:
        return text(self.document.get("name"))


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is handed to a template. :data:`FAKE` stands for arguments that supply everything."""

    parameters: tuple[Argument, ...] = ()
    artifacts: tuple[Argument, ...] = ()

    @classmethod
    def of(cls, document: object, place: Place) -> Arguments:
        """The arguments that stand there."""
        lists = mapping(document)
        return cls(_list(lists, "parameters", place), _list(lists, "artifacts", place))

    def merged(self, other: Arguments) -> Arguments:
        """These, and those of *other*, each name once."""
        return Arguments(_merged(self.parameters, other.parameters), _merged(self.artifacts, other.artifacts))


#: What Argo validates most templates with: a value for every parameter, a place for every artifact.
FAKE = Arguments()


def _list(lists: Document, name: str, place: Place) -> tuple[Argument, ...]:
    return tuple(Argument(place / name / i, mapping(each)) for i, each in enumerate(sequence(lists.get(name))))


def _merged(own: tuple[Argument, ...], other: tuple[Argument, ...]) -> tuple[Argument, ...]:
    by_name = {argument.name: argument for argument in reversed((*own, *other))}
    return tuple(reversed(by_name.values()))


def problems(
    arguments: Arguments, *, may_lack_values: bool = False, within: bool = True, thorough: bool = False
) -> Iterator[Problem]:
    """
    What is wrong with the values; *may_lack_values* where they are given later.

    *within* a template they have been through Argo's types, which drop an empty enum. *thorough*: of all of them, those
    that Argo leaves out, too.
    """
    for argument in arguments.parameters:
        yield from _parameter(argument, may_lack_values, within)
        if may_lack_values and not thorough and _ends_the_check(argument.document):
            return
    for argument in arguments.artifacts:
        yield from _artifact(argument)


def _ends_the_check(parameter: Document) -> bool:
    """Argo stops looking at the first parameter that has an enum and no value, where values may be absent (s28)."""
    return isinstance(parameter.get("enum"), list) and bool(parameter["enum"]) and parameter.get("value") is None


def _parameter(argument: Argument, may_lack_values: bool, within: bool) -> Iterator[Problem]:
    document, place = argument.document, argument.place
    value, source = any_string(document.get("value")), document.get("valueFrom")
    if value is None and source is None and not may_lack_values:
        yield Problem("arg-value-required", place.path, f"give {argument.name!r} a value or valueFrom{place.note}")
    if source is not None:
        yield from _source(argument, mapping(source))
    if isinstance(document.get("enum"), list) and (document["enum"] or not within):
        yield from _enum(argument, value, [any_string(each) or "" for each in document["enum"]], may_lack_values)


def _source(argument: Argument, source: Document) -> Iterator[Problem]:
    place = argument.place / "valueFrom"
    foreign = next((name for name in FOREIGN if source.get(name) not in (None, "")), None)
    if foreign or not any(source.get(name) not in (None, "") for name in SOURCES):
        said = f"{foreign!r} is not for arguments: " if foreign else ""
        message = f"{said}the value of {argument.name!r} can come from {', '.join(SOURCES[:-1])} or {SOURCES[-1]} only"
        yield Problem("arg-valuefrom-kind", (place / foreign if foreign else place).path, message + place.note)


def _enum(argument: Argument, value: str | None, enum: list[str], may_lack_values: bool) -> Iterator[Problem]:
    place = argument.place
    if not enum:
        message = f"list at least one value in the enum of {argument.name!r}, or remove it"
        yield Problem("arg-enum-empty", (place / "enum").path, message + place.note)
    elif value is None:
        if not may_lack_values:
            message = f"give {argument.name!r} one of the values of its enum"
            yield Problem("arg-enum-value-required", place.path, message + place.note)
    elif value not in enum:
        message = f"the value of {argument.name!r} is not in its enum: use {_listed(enum)}"
        yield Problem("arg-enum-membership", (place / "value").path, message + place.note)


def _listed(values: list[str], limit: int = 5) -> str:
    shown = ", ".join(repr(value[:40]) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown}, …"


def _artifact(argument: Argument) -> Iterator[Problem]:
    document, place = argument.document, argument.place
    source = text(document.get("from"))
    if not source and not has_location_or_key(document):
        message = f"say where the artifact {argument.name!r} comes from: from, or a location with its key"
        yield Problem("arg-artifact-source", place.path, message + place.note)
    if source and text(document.get("fromExpression")):
        message = f"the artifact {argument.name!r} has both from and fromExpression: remove one"
        yield Problem("arg-artifact-both-from", (place / "fromExpression").path, message + place.note)
