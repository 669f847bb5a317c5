"""Artifacts that one step hands to the next: where they are is where the step that makes them puts them."""

from __future__ import annotations

import re

from admission.argo.pods.templates import Template, Templates, called
from admission.argo.validation.artifacts import driver
from admission.model.document import Document, mapping, sequence, text

#: Of what an artifact is handed over: an input of the caller, or an output of one of its steps.
_INPUT = re.compile(r"\W*inputs\.artifacts\.([\w.-]+)\W*\Z")
_OUTPUT = re.compile(r"\W*(?:steps|tasks)\.([\w-]+)\.outputs\.artifacts\.([\w.-]+)\W*\Z")

#: How often an output may be that of yet another template.
_DEEPEST = 20


def handed_over(arguments: Document, caller: Document, templates: Templates) -> Document:
    """*arguments* of a step of the template *caller*, with artifacts where it is known they are."""
    given = sequence(arguments.get("artifacts"))
    if not given:
        return arguments
    found = [_placed(each, caller, templates) for each in given if isinstance(each, dict)]
    return {**arguments, "artifacts": found}


def _placed(artifact: Document, caller: Document, templates: Templates) -> Document:
    written = text(artifact.get("from"))
    if match := _INPUT.match(written):
        found = _of(caller, "inputs", match[1])
        return {**found, "name": artifact.get("name")} if found else artifact
    location = _location(written, caller, templates, _DEEPEST)
    return {**artifact, **location} if location else artifact


def _location(written: str, caller: Document, templates: Templates, depth: int) -> Document:
    """Where the output that *written* names is; empty where nobody says, or in the default repository."""
    match = _OUTPUT.match(written)
    producer = _callee(caller, match[1], templates) if match else None
    if match is None or producer is None or depth == 0:
        return {}
    artifact = _of(producer.document, "outputs", match[2])
    kind = driver(artifact)
    if kind is not None:
        return {kind: artifact[kind]}
    return _location(text(artifact.get("from")), producer.document, templates, depth - 1)


def _callee(caller: Document, step: str, templates: Templates) -> Template | None:
    names = (each for _, _, each in called(caller) if each.get("name") == step)
    return next((templates.get(text(each.get("template"))) for each in names), None)


def _of(document: Document, kind: str, name: str) -> Document:
    listed = sequence(mapping(document.get(kind)).get("artifacts"))
    return next((each for each in listed if isinstance(each, dict) and each.get("name") == name), {})
