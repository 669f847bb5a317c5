"""``templateDefaults`` of the running Workflow, merged under each of its templates (argo-resolution 4, rule 6)."""

from __future__ import annotations

from typing import Any

from admission.argo.merge import merge_typed
from admission.errors import MergeError
from admission.model.document import Document, mapping, sequence

#: The fields by which a template is of a type, in the order in which Argo looks for them (v4.0.5 ``GetType``).
TYPES = ("container", "containerSet", "steps", "dag", "script", "resource", "data", "suspend", "http", "plugin")


def with_template_defaults(workflow: Document) -> Document:
    """
    *workflow* with its ``templateDefaults`` in every template, inline ones included; itself where it has none.

    Defaults that do not fit a template leave it as it is: the structure of both is judged by lint.
    """
    spec = mapping(workflow.get("spec"))
    defaults = mapping(spec.get("templateDefaults"))
    if not defaults or not isinstance(spec.get("templates"), list):
        return workflow
    templates = [_filled(each, defaults) for each in spec["templates"]]
    return {**workflow, "spec": {**spec, "templates": templates}}


def template_with_defaults(template: Document, defaults: Document) -> Document:
    """*template* with *defaults* under it: of their types only its own counts."""
    own = type_of(template)
    under = {name: value for name, value in defaults.items() if name not in TYPES or name == own}
    try:
        return merge_typed(under, template, "Template")
    except MergeError:
        return template


def type_of(template: Document) -> str:
    """The field that makes *template* what it is; empty where none does."""
    return next((name for name in TYPES if template.get(name) is not None), "")


def _filled(template: Any, defaults: Document) -> Any:
    if not isinstance(template, dict):
        return template
    return template_with_defaults(_with_inline(template, defaults), defaults)


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
        {**step, "inline": _filled(step["inline"], defaults)} if isinstance(mapping(step).get("inline"), dict) else step
        for step in steps
    ]


def _same(one: list[Any], other: list[Any]) -> bool:
    return all(each is there for each, there in zip(one, other, strict=True))
