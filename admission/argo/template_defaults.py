"""``templateDefaults`` of the running Workflow, merged under each of its templates (argo-resolution 4, rule 6)."""

from __future__ import annotations

from collections.abc import Container
from itertools import zip_longest
from typing import Any

from admission.argo.merge import merge_typed
from admission.argo.types import fields_of
from admission.argo.validation.base import type_of
from admission.argo.validation.tables import tables
from admission.errors import MergeError
from admission.model.document import Document, mapping, sequence


def with_template_defaults(workflow: Document, copies: Container[int] = ()) -> Document:
    """
    *workflow* with its ``templateDefaults`` in every template, inline ones included; itself where it has none.

    *copies* are the templates that stood in another object: the ``podMetadata`` of *workflow* is not theirs.
    """
    spec = mapping(workflow.get("spec"))
    defaults = mapping(spec.get("templateDefaults"))
    if not defaults or not isinstance(spec.get("templates"), list):
        return workflow
    own = _behind_metadata(defaults, mapping(spec.get("podMetadata")))
    templates = [
        _filled(each, defaults if index in copies else own, defaults) for index, each in enumerate(spec["templates"])
    ]
    return {**workflow, "spec": {**spec, "templates": templates}}


def template_with_defaults(template: Document, defaults: Document) -> Document:
    """
    *template* with *defaults* under it: of their types only its own counts.

    Defaults that do not fit leave it as it is: lint judges both, and the controller ends the step.
    """
    own, types = type_of(template), tables().types
    under = {name: value for name, value in defaults.items() if name not in types or name == own}
    try:
        merged = merge_typed(under, template, "Template")
    except MergeError:
        return template
    filled: Document = _read_into(template, merged, "Template")
    return filled


def _read_into(there: Any, merged: Any, shape: str) -> Any:
    """
    *merged* as Argo reads it into the template itself, where *there* stands.

    An element of a list so keeps what the one at its index had before, and it does not say.
    """
    if there is merged:
        return merged
    shape = shape.removeprefix("*")
    if isinstance(merged, list) and shape.startswith("[]"):
        before = there if isinstance(there, list) else []
        return [_read_into(one, each, shape[2:]) for one, each in zip_longest(before[: len(merged)], merged)]
    if not isinstance(merged, dict) or not isinstance(there, dict):
        return merged
    if shape.startswith("{}"):
        return {**there, **merged}
    of = fields_of(shape)
    if of is None:
        return merged
    shapes = ((name, field.shape if (field := of.fields.get(name)) else "any") for name in merged)
    kept = {name: value for name, value in there.items() if value is not None}
    return {**kept, **{name: _read_into(kept.get(name), merged[name], shape) for name, shape in shapes}}


def _behind_metadata(defaults: Document, pods: Document) -> Document:
    """*defaults* without the labels and annotations of *pods*: a template gets its ``podMetadata`` before them."""
    metadata = mapping(defaults.get("metadata"))
    if not metadata or not pods:
        return defaults
    left = {
        kind: {name: value for name, value in mapping(each).items() if name not in mapping(pods.get(kind))}
        for kind, each in metadata.items()
    }
    return {**defaults, "metadata": left}


def _filled(template: Any, defaults: Document, inline: Document) -> Any:
    """*template* with *defaults*, and what is written inline in it with *inline*."""
    if not isinstance(template, dict):
        return template
    return template_with_defaults(_with_inline(template, inline), defaults)


def _with_inline(template: Document, defaults: Document) -> Document:
    """*template* with defaults in the templates that are written within its steps or tasks."""
    if isinstance(template.get("steps"), list):
        groups = [_each(group, defaults) if isinstance(group, list) else group for group in template["steps"]]
        return template if _same(groups, template["steps"]) else {**template, "steps": groups}
    dag = mapping(template.get("dag"))
    tasks = sequence(dag.get("tasks"))
    filled = _each(tasks, defaults)
    return template if filled is tasks else {**template, "dag": {**dag, "tasks": filled}}


def _each(steps: list[Any], defaults: Document) -> list[Any]:
    if not any(isinstance(mapping(step).get("inline"), dict) for step in steps):
        return steps
    return [
        {**step, "inline": _filled(step["inline"], defaults, defaults)}
        if isinstance(mapping(step).get("inline"), dict)
        else step
        for step in steps
    ]


def _same(one: list[Any], other: list[Any]) -> bool:
    return all(each is there for each, there in zip(one, other, strict=True))
