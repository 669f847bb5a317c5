"""The one place where JSON enters: what a manifest is before anything is known of it."""

from __future__ import annotations

from typing import Any, TypeAlias

#: A JSON object as ``json.loads`` gives it. Nobody changes one that was given to him: a change makes a new one.
Document: TypeAlias = dict[str, Any]


def mapping(value: object) -> Document:
    """*value* if it is a JSON object, else an empty one: a malformed place is read as an absent one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """*value* if it is a JSON list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Document]:
    """The JSON objects in *value*, if it is a list; what else stands there is passed over."""
    return [each for each in sequence(value) if isinstance(each, dict)]


def text(value: object) -> str:
    """*value* if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def name_of(document: Document) -> str:
    """``metadata.name`` of an object; empty where it has none."""
    return text(mapping(document.get("metadata")).get("name"))


def namespace_of(document: Document) -> str:
    """``metadata.namespace`` of an object; empty where it has none."""
    return text(mapping(document.get("metadata")).get("namespace"))


def labels_of(document: Document) -> Document:
    """``metadata.labels`` of an object; whatever stands there as a value."""
    return mapping(mapping(document.get("metadata")).get("labels"))


def annotations_of(document: Document) -> Document:
    """``metadata.annotations`` of an object; whatever stands there as a value."""
    return mapping(mapping(document.get("metadata")).get("annotations"))
