"""What the directives in a strategic merge patch ask for: ``$patch`` and ``$retainKeys``."""

from __future__ import annotations

from typing import Any

from admission.argo.merge_order import identity
from admission.errors import MergeError
from admission.model.document import Document

PATCH, RETAIN = "$patch", "$retainKeys"
ORDER, DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"


def is_directive(value: Any) -> bool:
    """Whether *value* is an object with a ``$patch``."""
    return isinstance(value, dict) and PATCH in value


def directed(patch: Document) -> Document:
    """What ``$patch`` makes of an object."""
    if patch[PATCH] == "replace":
        return {name: value for name, value in patch.items() if name != PATCH}
    if patch[PATCH] == "delete":
        return {}
    raise MergeError(f"$patch of an object is replace or delete, not {patch[PATCH]!r}", (PATCH,))


def retained(merged: Document, patch: Document) -> tuple[Document, Document]:
    """*merged* with nothing but what ``$retainKeys`` in *patch* names, and *patch* without that directive."""
    retain = patch[RETAIN]
    if not isinstance(retain, list):
        raise MergeError("$retainKeys is a list of names", (RETAIN,))
    rest = {name: value for name, value in patch.items() if name != RETAIN}
    for name, value in rest.items():
        if value is not None and not name.startswith((ORDER, DELETE)) and name not in retain:
            raise MergeError(f"$retainKeys does not name {name!r}, which the patch sets", (RETAIN,))
    return {name: value for name, value in merged.items() if name in retain}, rest


def directed_list(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """What the ``$patch`` of elements leaves of the two lists; nothing of one where the other replaces it."""
    gone = {identity(each, key) for each in patch if each.get(PATCH) == "delete"}
    if None in gone:
        raise MergeError(f"an element with $patch has no {key}, which would say which one is meant")
    for each in patch:
        if each.get(PATCH, "delete") not in ("delete", "replace"):
            raise MergeError(f"$patch of an element is replace or delete, not {each[PATCH]!r}")
    kept = [each for each in patch if PATCH not in each]
    if any(each.get(PATCH) == "replace" for each in patch):
        return kept, []
    return [each for each in original if identity(each, key) not in gone], kept


def without_nulls(value: Any) -> Any:
    """*value* without the fields that are null, at any depth."""
    return _without(value, lambda each: each is None, in_lists=False)


def without_directives(value: Any) -> Any:
    """*value* without the objects in it that have a ``$patch``."""
    return _without(value, is_directive, in_lists=True)


def _without(value: Any, unwanted: Any, *, in_lists: bool) -> Any:
    if isinstance(value, dict):
        kept = {name: _without(each, unwanted, in_lists=in_lists) for name, each in value.items() if not unwanted(each)}
        return value if len(kept) == len(value) and all(kept[name] is value[name] for name in kept) else kept
    if isinstance(value, list):
        new = [_without(each, unwanted, in_lists=in_lists) for each in value if not (in_lists and unwanted(each))]
        unchanged = len(new) == len(value) and all(one is other for one, other in zip(new, value, strict=True))
        return value if unchanged else new
    return value
