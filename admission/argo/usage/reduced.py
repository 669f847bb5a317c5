"""
Of an object, what refers to templates and nothing else: what the catalog keeps of those who use them.

A thousand Workflows are ten megabytes; their references are some hundred kilobytes.
"""

from __future__ import annotations

from typing import Any

from admission.argo.labels import COMPLETED
from admission.argo.usage.uses import REFERRING, uses_of
from admission.model.annotations import PINS
from admission.model.document import Document, labels_of, mapping, mappings, sequence, text
from admission.model.path import Path

#: A Workflow that has come to one of these phases runs no template any more (argo-workflows ``Phase.Completed``).
FINISHED = ("Succeeded", "Failed", "Error")

#: What of a step, task or hook refers to a template, or is handed over there.
_HOLDER = ("name", "template", "templateRef", "arguments", "onExit")

_PARAMETER = ("name", "value", "default", "valueFrom")

#: Longer values are no names of anything and in no enum: that there is one is enough.
_LONGEST = 256


def reduced(document: Document) -> Document | None:
    """*document* with nothing but its references; None where it has none, or has come to its end."""
    path = REFERRING.get(text(document.get("kind")))
    if path is None or is_finished(document) or not uses_of(document).uses:
        return None
    metadata = mapping(document.get("metadata"))
    kept: Document = {name: metadata[name] for name in ("name", "namespace") if name in metadata}
    if pins := mapping(metadata.get("annotations")).get(PINS):
        kept["annotations"] = {PINS: pins}
    small = {"apiVersion": document.get("apiVersion"), "kind": document["kind"], "metadata": kept}
    return _put(small, path, _spec(mapping(path.get(document))))


def is_finished(document: Document) -> bool:
    """Whether *document* is a Workflow that has come to its end."""
    if text(document.get("kind")) != "Workflow":
        return False
    return labels_of(document).get(COMPLETED) == "true" or mapping(document.get("status")).get("phase") in FINISHED


def _put(document: Document, path: Path, spec: Document) -> Document:
    for step in reversed(path[1:]):
        spec = {str(step): spec}
    return {**document, str(path[0]): spec}


def _spec(spec: Document) -> Document:
    kept = _only(spec, ("workflowTemplateRef", "entrypoint", "onExit"))
    return {
        **kept,
        **_arguments(spec),
        **_hooks(spec),
        **_list("templates", map(_template, mappings(spec.get("templates")))),
    }


def _template(template: Document) -> Document:
    kept: Document = {"name": template.get("name")}
    groups = sequence(template.get("steps"))
    if groups:
        kept["steps"] = [[_holder(each) for each in mappings(group)] for group in groups]
    if tasks := mappings(mapping(template.get("dag")).get("tasks")):
        kept["dag"] = {"tasks": list(map(_holder, tasks))}
    return kept


def _holder(holder: Document) -> Document:
    kept = {**_only(holder, _HOLDER), **_arguments(holder), **_hooks(holder)}
    if isinstance(holder.get("inline"), dict) and holder["inline"]:
        # An inline template goes before a reference, also where nothing of it is kept.
        kept["inline"] = _template(holder["inline"])
    return kept


def _hooks(holder: Document) -> Document:
    hooks = {event: _holder(hook) for event, hook in mapping(holder.get("hooks")).items() if isinstance(hook, dict)}
    return {"hooks": hooks} if hooks else {}


def _arguments(holder: Document) -> Document:
    arguments = mapping(holder.get("arguments"))
    kept = {
        **_list("parameters", (_short(_only(each, _PARAMETER)) for each in mappings(arguments.get("parameters")))),
        **_list("artifacts", (_only(each, ("name",)) for each in mappings(arguments.get("artifacts")))),
    }
    return {"arguments": kept} if kept else {}


def _short(parameter: Document) -> Document:
    """*parameter* whose value, if it is long, is known only to be there."""
    if parameter.get("valueFrom") is not None:
        return {**parameter, "valueFrom": {}}
    said = parameter.get("value", parameter.get("default"))
    if isinstance(said, str) and len(said) > _LONGEST:
        return {"name": parameter.get("name"), "valueFrom": {}}
    return parameter


def _only(document: Document, names: tuple[str, ...]) -> Document:
    return {name: document[name] for name in names if name in document and name != "arguments"}


def _list(name: str, elements: Any) -> Document:
    found = list(elements)
    return {name: found} if found else {}
