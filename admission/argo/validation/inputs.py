"""What a template gets for its inputs from the arguments of a reference (``input-*-supplied``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.artifacts import has_location_or_key
from admission.argo.validation.values import PLACEHOLDER, any_string
from admission.model.document import Document, mapping, sequence, text

#: What an input artifact keeps of its own when an argument takes its place.
KEPT = ("name", "path", "mode", "recurseMode")


@dataclass(frozen=True, slots=True)
class Supplied:
    """
    What a reference makes of a template's inputs: the *document* in their place, and the names that got nothing.

    Every parameter in it has a value, a made-up one where the real one is not known.
    """

    document: Document
    absent_parameters: tuple[str, ...]
    absent_artifacts: tuple[str, ...]

    @property
    def values(self) -> list[tuple[str, str]]:
        """The parameters with their values."""
        return [(text(each.get("name")), each["value"]) for each in self.document.get("parameters", ())]


def parameters(template: Document, direction: str = "inputs") -> Iterator[Document]:
    """The parameters of a template, *direction* being ``inputs`` or ``outputs``."""
    yield from map(mapping, sequence(mapping(template.get(direction)).get("parameters")))


def artifacts(template: Document, direction: str = "inputs") -> Iterator[Document]:
    """The artifacts of a template."""
    yield from map(mapping, sequence(mapping(template.get(direction)).get("artifacts")))


def supplied(template: Document, arguments: Arguments) -> Supplied:
    """What the inputs of *template* get from *arguments*."""
    given: list[Document] = []
    absent: list[str] = []
    by_name = {argument.name: argument.document for argument in reversed(arguments.parameters)}
    for parameter in parameters(template):
        name = text(parameter.get("name"))
        value, source = (PLACEHOLDER, {}) if arguments is FAKE else _value(parameter, by_name.get(name))
        if value is None and not isinstance(source.get("configMapKeyRef"), dict):
            absent.append(name)
        given.append({**parameter, "value": PLACEHOLDER if value is None else value})
    placed, without = _artifacts(template, arguments)
    document = {"parameters": given, "artifacts": placed}
    return Supplied({name: each for name, each in document.items() if each}, tuple(absent), tuple(without))


def _value(parameter: Document, argument: Document | None) -> tuple[str | None, Document]:
    """The value of an input, and where else it comes from; an argument hides what the input has of its own."""
    if argument is None:
        value = any_string(parameter.get("value"))
        default = any_string(parameter.get("default"))
        return default if value is None else value, mapping(parameter.get("valueFrom"))
    value = any_string(argument.get("value"))
    return value, mapping((argument if value is None else parameter).get("valueFrom"))


def _artifacts(template: Document, arguments: Arguments) -> tuple[list[Document], list[str]]:
    by_name = {argument.name: argument.document for argument in reversed(arguments.artifacts)}
    placed: list[Document] = []
    absent: list[str] = []
    for artifact in artifacts(template):
        name = text(artifact.get("name"))
        argument = {} if arguments is FAKE else by_name.get(name)
        if argument is not None:
            own = {key: artifact[key] for key in KEPT if key in artifact}
            placed.append({**argument, **own})
            continue
        placed.append(artifact)
        if artifact.get("optional") is not True and not has_location_or_key(artifact):
            absent.append(name)
    return placed, absent
