"""What a template gets for its inputs from the arguments of a reference (``input-*-supplied``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.artifacts import has_location_or_key
from admission.argo.validation.values import any_string, placeholder
from admission.model.document import Document, mapping, sequence, text

#: What an input artifact keeps of its own when an argument takes its place.
KEPT = ("name", "path", "mode", "recurseMode")


class Supplied(NamedTuple):
    """
    What a reference makes of a template's inputs: the *document* in their place, and the names that got nothing.

    *own*: the artifacts in it that no argument took the place of.
    """

    document: Document
    absent_parameters: tuple[str, ...]
    absent_artifacts: tuple[str, ...]
    own: tuple[Document, ...] = ()


#: What a template without inputs gets.
NOTHING = Supplied({}, (), ())


def parameters(template: Document, direction: str = "inputs") -> Iterator[Document]:
    """The parameters of a template, *direction* being ``inputs`` or ``outputs``."""
    listed = template.get(direction)
    return map(mapping, sequence(mapping(listed).get("parameters"))) if listed else iter(())


def artifacts(template: Document, direction: str = "inputs") -> Iterator[Document]:
    """The artifacts of a template."""
    listed = template.get(direction)
    return map(mapping, sequence(mapping(listed).get("artifacts"))) if listed else iter(())


def supplied(template: Document, arguments: Arguments) -> Supplied:
    """What the inputs of *template* get from *arguments*."""
    if not template.get("inputs"):
        return NOTHING
    if arguments is FAKE:
        return _made_up(template)
    by_name = {argument.name: argument.document for argument in reversed(arguments.parameters)}
    given = [_given(parameter, by_name) for parameter in parameters(template)]
    placed = list(_artifacts(template, arguments))
    document = {"parameters": given, "artifacts": [artifact for artifact, _ in placed]}
    own = tuple(artifact for artifact, is_own in placed if is_own)
    return Supplied(
        {name: each for name, each in document.items() if each},
        tuple(text(each.get("name")) for each in given if not _has_value(each)),
        tuple(text(each.get("name")) for each in own if _is_absent(each)),
        own,
    )


def _made_up(template: Document) -> Supplied:
    """What they get where the arguments are not known: everything."""
    document: Document = {}
    if given := [_made_up_value(parameter) for parameter in parameters(template)]:
        document["parameters"] = given
    if placed := [_kept(artifact) for artifact in artifacts(template)]:
        document["artifacts"] = placed
    return Supplied(document, (), ())


def _made_up_value(parameter: Document) -> Document:
    given = {**parameter, "value": placeholder(f"inputs.parameters.{text(parameter.get('name'))}")}
    given.pop("valueFrom", None)
    return given


def _kept(artifact: Document) -> Document:
    return {key: artifact[key] for key in KEPT if key in artifact}


def _given(parameter: Document, arguments: dict[str, Document]) -> Document:
    """An input parameter with its value; an argument hides what the input has of its own."""
    value = any_string(parameter.get("value"))
    if value is None:
        value = any_string(parameter.get("default"))
    given, argument = dict(parameter), arguments.get(text(parameter.get("name")))
    if argument is not None:
        value = any_string(argument.get("value"))
        given["valueFrom"] = argument.get("valueFrom") if value is None else None
    given["value"] = value
    return given


def _has_value(parameter: Document) -> bool:
    """Whether a value is there, or will be read from a ConfigMap."""
    source = mapping(parameter.get("valueFrom"))
    return parameter["value"] is not None or isinstance(source.get("configMapKeyRef"), dict)


def _artifacts(template: Document, arguments: Arguments) -> Iterator[tuple[Document, bool]]:
    """The input artifacts, and whether each is still the template's own."""
    by_name = {argument.name: argument.document for argument in reversed(arguments.artifacts)}
    for artifact in artifacts(template):
        argument = by_name.get(text(artifact.get("name")))
        if argument is None:
            yield artifact, True
        else:
            yield {**argument, **_kept(artifact)}, False


def _is_absent(artifact: Document) -> bool:
    return artifact.get("optional") is not True and not has_location_or_key(artifact)
