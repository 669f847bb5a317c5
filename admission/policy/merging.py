"""
The two merges of a mutation: ``default`` fills what is absent, ``set`` goes over what is there.

Both merge maps key by key, lists by the table of merge keys of ``argo/merge.py``, and take any other list as one value.
A *shape* is a name in that table: what the document is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.argo.merge import strategic_merge
from admission.argo.types import inner
from admission.errors import EvaluationError, MergeError
from admission.model.document import Document, mapping
from admission.model.path import Path
from admission.policy.spec import Target

#: By the field that it stands in: what a container is.
_CONTAINERS = {
    "container": "Container",
    "script": "ScriptTemplate",
    "containers": "ContainerNode",
    "sidecars": "UserContainer",
    "initContainers": "UserContainer",
}

#: What of a Workflow's metadata a mutation may touch. Name, status and owners are none of a policy's business.
_METADATA = frozenset({"labels", "annotations"})


def untouchable(fragment: Document) -> list[str]:
    """The fields of a fragment of a Workflow that no mutation may touch."""
    below = (f"metadata.{name}" for name in mapping(fragment.get("metadata")).keys() - _METADATA)
    return sorted((*(fragment.keys() - {"metadata", "spec"}), *below))


def shape_of(target: Target, path: Path) -> str:
    """What stands at *path*, a target of that kind."""
    if target is not Target.CONTAINER:
        return str(target.value)
    return _CONTAINERS[next(step for step in reversed(path) if isinstance(step, str))]


def default(document: Document, merged: Document, fragment: Document, shape: str) -> Document:
    """
    *document* with what *merged* lacks taken from *fragment*; *document* itself where nothing is lacking.

    *merged* is the same thing with all defaults of others in it: what these give is not lacking.
    """
    filled = dict(document)
    for name, value in fragment.items():
        there, own = merged.get(name), document.get(name)
        below, key = inner(shape, name)
        if value is None:
            continue
        if there is None:
            filled[name] = value
        elif isinstance(value, dict) and isinstance(there, dict):
            changed = default(mapping(own), there, value, below)
            if changed != mapping(own):
                filled[name] = changed
        elif isinstance(value, list) and isinstance(there, list) and key:
            elements = _default_elements(own, there, value, below, key)
            if elements != (own or []):
                filled[name] = elements
    return document if filled == document else filled


def override(document: Document, fragment: Document, shape: str) -> Document:
    """*document* with *fragment* merged over it; null removes a field. ``EvaluationError`` where they do not fit."""
    try:
        changed = strategic_merge(document, fragment, shape)
    except MergeError as error:
        raise EvaluationError(str(error)) from None
    return document if changed == document else changed


def _default_elements(own: Any, merged: list[Any], fragment: list[Any], shape: str, name: str) -> list[Any]:
    elements = list(own) if isinstance(own, list) else []
    for element in fragment:
        there = next(_named(merged, name, element), None)
        if there is None:
            elements.append(element)
            continue
        index, mine = next(((i, e) for i, e in enumerate(elements) if _is(e, name, element)), (len(elements), None))
        before = mine or {name: element[name]}
        after = default(before, there, element, shape)
        if after != before:
            elements[index : index + 1] = [after]
    return elements


def _named(elements: list[Any], name: str, like: Any) -> Iterator[Document]:
    return (element for element in elements if _is(element, name, like))


def _is(element: Any, name: str, like: Any) -> bool:
    return isinstance(element, dict) and isinstance(like, dict) and name in like and element.get(name) == like[name]
