"""
The two merges of a mutation: ``default`` fills what is absent, ``set`` goes over what is there.

Both merge maps key by key. A list whose elements have names is merged element by element, any other is one value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.model.document import Document, mapping

#: By field: what its elements are named by (Kubernetes' and Argo's ``patchMergeKey``, where lists are merged).
LIST_KEYS = {
    "containers": "name",
    "env": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "sidecars": "name",
    "templates": "name",
    "volumeClaimTemplates": "name",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}


#: What of a Workflow's metadata a mutation may touch. Name, status and owners are none of a policy's business.
_METADATA = frozenset({"labels", "annotations"})


def untouchable(fragment: Document) -> list[str]:
    """The fields of a fragment of a Workflow that no mutation may touch."""
    below = (f"metadata.{name}" for name in mapping(fragment.get("metadata")).keys() - _METADATA)
    return sorted((*(fragment.keys() - {"metadata", "spec"}), *below))


def default(document: Document, merged: Document, fragment: Document) -> Document:
    """
    *document* with what *merged* lacks taken from *fragment*; *document* itself where nothing is lacking.

    *merged* is the same thing with all defaults of others in it: what these give is not lacking.
    """
    filled = dict(document)
    for key, value in fragment.items():
        there = merged.get(key)
        if value is None:
            continue
        if there is None:
            filled[key] = value
        elif isinstance(value, dict) and isinstance(there, dict):
            inner = mapping(document.get(key))
            changed = default(inner, there, value)
            if changed != inner:
                filled[key] = changed
        elif isinstance(value, list) and isinstance(there, list) and key in LIST_KEYS:
            elements = _default_elements(document.get(key), there, value, LIST_KEYS[key])
            if elements != (document.get(key) or []):
                filled[key] = elements
    return document if filled == document else filled


def override(document: Document, fragment: Document) -> Document:
    """*document* with *fragment* merged over it; null removes a field."""
    changed = dict(document)
    for key, value in fragment.items():
        if value is None:
            changed.pop(key, None)
        elif isinstance(value, dict):
            changed[key] = override(mapping(document.get(key)), value)
        elif isinstance(value, list) and key in LIST_KEYS:
            changed[key] = _override_elements(document.get(key), value, LIST_KEYS[key])
        else:
            changed[key] = value
    return document if changed == document else changed


def _default_elements(own: Any, merged: list[Any], fragment: list[Any], name: str) -> list[Any]:
    elements = list(own) if isinstance(own, list) else []
    for element in fragment:
        there = next(_named(merged, name, element), None)
        if there is None:
            elements.append(element)
            continue
        index, mine = next(((i, e) for i, e in enumerate(elements) if _is(e, name, element)), (len(elements), None))
        before = mine or {name: element[name]}
        after = default(before, there, element)
        if after != before:
            elements[index : index + 1] = [after]
    return elements


def _override_elements(own: Any, fragment: list[Any], name: str) -> list[Any]:
    elements = list(own) if isinstance(own, list) else []
    for element in fragment:
        index = next((i for i, e in enumerate(elements) if _is(e, name, element)), len(elements))
        before = elements[index] if index < len(elements) else {}
        elements[index : index + 1] = [override(before, element) if isinstance(element, dict) else element]
    return elements


def _named(elements: list[Any], name: str, like: Any) -> Iterator[Document]:
    return (element for element in elements if _is(element, name, like))


def _is(element: Any, name: str, like: Any) -> bool:
    return isinstance(element, dict) and isinstance(like, dict) and name in like and element.get(name) == like[name]
