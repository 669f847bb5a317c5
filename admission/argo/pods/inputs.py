"""What a template is called with: its inputs, as its caller's arguments and its own defaults make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import cast

import orjson

from admission.argo.pods.globals import MOST
from admission.argo.pods.templates import Template
from admission.argo.pods.values import Values, as_json, dumped, filled, is_unknown, loaded, mark, replaced
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, mappings, sequence, text

#: Longer values are left open: a template that calls itself can double one each time.
_LONGEST = 32_768


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    The inputs of one call: the values of parameters by name, and artifacts as JSON.

    Parameters that the template does not use are left out, so that calls which differ in those alone are one.
    """

    parameters: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[tuple[str, str], ...] = ()

    def without(self, names: frozenset[str]) -> Inputs:
        """The same with the values of *names* left open."""
        if not names:
            return self
        given = tuple((name, _open(name) if name in names else value) for name, value in self.parameters)
        return replace(self, parameters=given)

    def put_into(self, template: Template) -> Document:
        """The template's document with these inputs in it."""
        document = template.document
        if self.artifacts:
            given = {name: orjson.loads(written) for name, written in self.artifacts}
            inputs = mapping(document.get("inputs"))
            listed = [given.get(text(mapping(each).get("name")), each) for each in sequence(inputs.get("artifacts"))]
            document = {**document, "inputs": {**inputs, "artifacts": listed}}
        elif "{{" not in template.written:
            return document
        else:
            # The text of the document is at hand.
            new = replaced(template.written, self.values(document))
            return document if new is template.written else cast(Document, loaded(new))
        filled_in: Document = filled(document, self.values(document))
        return filled_in

    def values(self, document: Document) -> Values:
        """The variables that inputs and outputs of a template are for it (argo-resolution 6.1)."""
        known = {f"inputs.parameters.{name}": value for name, value in self.parameters}
        if self.parameters:
            declared = mappings(mapping(document.get("inputs")).get("parameters"))
            values = dict(self.parameters)
            whole = [{**each, "value": values.get(text(each.get("name")), "")} for each in declared]
            known["inputs.parameters"] = as_json(whole)
        for kind in ("inputs", "outputs"):
            for artifact in sequence(mapping(document.get(kind)).get("artifacts")):
                if path := text(mapping(artifact).get("path")):
                    known[f"{kind}.artifacts.{text(artifact.get('name'))}.path"] = path
        for parameter in sequence(mapping(document.get("outputs")).get("parameters")):
            if path := text(mapping(mapping(parameter).get("valueFrom")).get("path")):
                known[f"outputs.parameters.{text(parameter.get('name'))}.path"] = path
        return Values(known)


def inputs_of(template: Template, arguments: Document, values: Values, beside: str) -> Iterator[Inputs]:
    """
    The inputs that *arguments* make, several where an ``enum`` says what an open one may be.

    *values* are the global variables; *beside*: a text besides the template that uses its inputs, too.
    """
    given = {text(each.get("name")): each for each in mappings(arguments.get("parameters"))}
    used = template.written + beside
    choices = {
        name: _choices(parameter, given.get(name, {}), values)
        for parameter in mappings(mapping(template.document.get("inputs")).get("parameters"))
        if (name := text(parameter.get("name"))) and _uses(used, name)
    }
    if prod(map(len, choices.values())) > MOST:
        choices = {name: found if len(found) == 1 else [_open(name)] for name, found in choices.items()}
    artifacts = tuple(_artifacts(template.document, arguments))
    for chosen in product(*choices.values()):
        yield Inputs(tuple(zip(choices, chosen, strict=True)), artifacts)


def _uses(written: str, name: str) -> bool:
    return f"inputs.parameters.{name}" in written or "inputs.parameters}" in written or "inputs.parameters[" in written


def _choices(parameter: Document, argument: Document, values: Values) -> list[str]:
    """What the value of an input may be: one mostly."""
    value = _value(parameter, argument)
    written = _open(text(parameter.get("name"))) if value is None else str(filled(value, values))
    if len(written) > _LONGEST:
        written = _open(text(parameter.get("name")))
    enum = [each for one in sequence(parameter.get("enum")) if (each := any_string(one)) is not None]
    return enum if enum and is_unknown(written) else [written]


def _value(parameter: Document, argument: Document) -> str | None:
    """The value as it is written; None where it comes from elsewhere."""
    if argument.get("value") is not None:
        return any_string(argument["value"])
    if argument.get("valueFrom") is not None:
        return None
    for name in ("value", "default"):
        if parameter.get(name) is not None:
            return any_string(parameter[name])
    return None


def _artifacts(document: Document, arguments: Document) -> Iterator[tuple[str, str]]:
    """The input artifacts that the caller gives: all but the place in the pod is the caller's."""
    given = {text(each.get("name")): each for each in mappings(arguments.get("artifacts"))}
    for artifact in mappings(mapping(document.get("inputs")).get("artifacts")):
        name = text(artifact.get("name"))
        if name in given:
            own = {key: artifact[key] for key in ("name", "path", "mode", "recurseMode") if key in artifact}
            yield name, dumped({**_without_place(given[name]), **own})


def _without_place(artifact: Document) -> Document:
    return {key: value for key, value in artifact.items() if key not in ("path", "mode", "recurseMode")}


def _open(name: str) -> str:
    return mark(f"inputs.parameters.{name}")
