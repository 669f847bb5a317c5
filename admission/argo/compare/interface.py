"""What callers see of a template: its type, inputs and outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from admission.argo.languages.tags import OPEN
from admission.argo.validation.base import type_of
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, sequence, text

#: Where an artifact may come from, if not from the caller.
_LOCATIONS = frozenset({"artifactory", "azure", "gcs", "git", "hdfs", "http", "oss", "plugin", "raw", "s3", "from"})

_OF_THE_WORKFLOW = re.compile(rb"workflow\.parameters\.([-\w]+)")


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter or artifact that a caller may, or must (*required*), hand over; *enum*: the values that it takes."""

    required: bool
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """
    What callers see of a template.

    *outputs* are named as variables are: ``parameters.x``, ``artifacts.y``, and ``global x`` for those that become
    outputs of the Workflow. *workflow* are the parameters of the Workflow that it reads, whosoever that is.
    """

    type: str
    parameters: Mapping[str, Input]
    artifacts: Mapping[str, Input]
    outputs: frozenset[str]
    workflow: frozenset[str]

    @classmethod
    def of(cls, template: Document) -> Interface:
        inputs = mapping(template.get("inputs"))
        return cls(
            type_of(template),
            parameters(inputs),
            artifacts(inputs),
            frozenset(_outputs(mapping(template.get("outputs")))),
            frozenset(_read(template)),
        )


def parameters(holder: Document) -> dict[str, Input]:
    """The parameters of *holder*, inputs or arguments; one that has a value itself is not required."""
    return {
        text(each.get("name")): Input(not _has_value(each), _enum(each))
        for each in sequence(holder.get("parameters"))
        if isinstance(each, dict)
    }


def artifacts(holder: Document) -> dict[str, Input]:
    """The artifacts of *holder*; one that is optional or says where it is, is not required."""
    return {
        text(each.get("name")): Input(not each.get("optional") and not _LOCATIONS & each.keys())
        for each in sequence(holder.get("artifacts"))
        if isinstance(each, dict)
    }


def _has_value(parameter: Document) -> bool:
    return any(parameter.get(name) is not None for name in ("value", "default", "valueFrom"))


def _enum(parameter: Document) -> tuple[str, ...]:
    values = tuple(any_string(each) or "" for each in sequence(parameter.get("enum")))
    return () if any(OPEN in value for value in values) else values


def _outputs(outputs: Document) -> Iterator[str]:
    for kind in ("parameters", "artifacts"):
        for each in sequence(outputs.get(kind)):
            if isinstance(each, dict):
                yield f"{kind}.{text(each.get('name'))}"
                if of_all := text(each.get("globalName")):
                    yield f"global {of_all}"


def _read(template: Any) -> Iterator[str]:
    """The parameters of the Workflow whose names stand anywhere in *template*."""
    try:
        written = orjson.dumps(template)
    except TypeError:  # Something that only Python's own JSON takes, or too deep.
        return
    yield from (found[1].decode() for found in _OF_THE_WORKFLOW.finditer(written))
