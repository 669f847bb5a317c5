"""
Kubernetes' strategic merge patch, driven by the table of types: for specs, templateDefaults and podSpecPatch alike.

``strategic_merge`` is the merge of an API server: *original* is what there is, *patch* goes over it. Maps are merged
key by key; lists by the key of their elements where the table names one, else the patch's replaces the original's;
null removes; and the directives of Kubernetes are followed (``$patch``, ``$retainKeys``, ``$setElementOrder/…``,
``$deleteFromPrimitiveList/…``). ``merge_typed`` is the same for two documents that have been through Go's types
before, which leave out what is empty.

Rules: argo-resolution 3, tried against Kubernetes' own function.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from admission.argo.decoding import decoded
from admission.argo.merge_directives import (
    DELETE,
    ORDER,
    PATCH,
    RETAIN,
    directed,
    directed_list,
    is_directive,
    retained,
    without_directives,
    without_nulls,
)
from admission.argo.merge_order import arranged, follows, identity, places, unique
from admission.argo.types import Field, Type, types
from admission.errors import MergeError
from admission.model.document import Document


def strategic_merge(original: Document, patch: Document, schema: str) -> Document:
    """
    *original* with *patch* merged over it, both of the type *schema* (``PodSpec``, ``Template`` …).

    Neither is changed; what no one touches is the same object afterwards. ``MergeError`` where Kubernetes refuses.
    """
    return _Merge(typed=False).maps(original, patch, schema)


def merge_typed(low: Document, high: Document, schema: str) -> Document:
    """
    *high* merged over *low* as the controller merges specs: as if Go's types had written both.

    So null and what Go leaves out when empty do not override; pointers do, and so does the absence of what Go always
    writes (argo-resolution 3.4).
    """
    return _Merge(typed=True).maps(low, high, schema)


@dataclass(frozen=True, slots=True)
class _Merge:
    """One kind of merge; *typed* as ``merge_typed`` has it."""

    typed: bool

    def maps(self, original: Document, patch: Document, shape: str) -> Document:
        """Two objects of that shape."""
        of = types().get(shape.removeprefix("*"))
        if self.typed and of:
            original, patch = of.written(original), _overriding(of, patch)
        if PATCH in patch:
            return directed(patch)
        merged = dict(original)
        if RETAIN in patch:
            merged, patch = retained(merged, patch)
        if any(name.startswith(ORDER) for name in patch):
            patch = self._ordered(merged, patch, shape)
        for name, value in patch.items():
            self._put(merged, name, value, shape)
        if self.typed and shape.removeprefix("*") == "plugin" and len(merged) != 1:
            raise MergeError("two plugins in one template")
        return merged

    def _put(self, merged: Document, name: str, value: Any, shape: str) -> None:
        deletes = name.startswith(DELETE)
        name = name.removeprefix(DELETE)
        there = merged.get(name)
        if value is None:
            merged.pop(name, None)
        elif name not in merged or not _alike(there, value):
            if not deletes:
                self._take(merged, name, value, shape)
        elif isinstance(value, dict):
            field = _field(shape, name)
            merged[name] = value if field.key == "=" else self._below(there, value, field.shape, name)
        elif isinstance(value, list):
            merged[name] = self._lists(there, value, _field(shape, name), deletes)
        else:
            merged[name] = value

    def _take(self, merged: Document, name: str, value: Any, shape: str) -> None:
        """What only the patch has, without nulls and directives."""
        if isinstance(value, dict) and (PATCH in value or RETAIN in value) and _is_written_always(shape, name):
            merged[name] = self._below({}, value, _field(shape, name).shape, name)
            return
        if is_directive(value):
            merged.pop(name, None)
            return
        merged[name] = without_directives(without_nulls(value))
        if self.typed and merged[name] is not value:
            # A plugin may have lost the one key that it must have.
            decoded({name: merged[name]}, shape.removeprefix("*"))

    def _below(self, original: Any, patch: Document, shape: str, step: str | int) -> Document:
        try:
            return self.maps(original, patch, shape)
        except MergeError as error:
            raise MergeError(str(error), (step, *error.steps)) from None

    def _ordered(self, merged: Document, patch: Document, shape: str) -> Document:
        """*patch* without the lists whose order it sets; these are merged into *merged*, in that order."""
        orders = {name.removeprefix(ORDER): order for name, order in patch.items() if name.startswith(ORDER)}
        for name, order in orders.items():
            elements = self._in_order(merged.get(name), patch.get(name), order, _field(shape, name))
            if elements is not None:
                merged[name] = elements
        left = {name: value for name, value in patch.items() if not name.startswith(ORDER)}
        return {name: value for name, value in left.items() if name not in orders or value is None}

    def _in_order(self, there: Any, patch: Any, order: Any, field: Field) -> list[Any] | None:
        if not all(isinstance(each, list) for each in (there or [], patch or [], order)):
            raise MergeError("only the order of a list can be set, by a list", (field.name,))
        key = _key_of(field)
        # Kubernetes takes an empty order for none.
        if order and not follows((each for each in patch or [] if not _deletes(each)), order, key):
            raise MergeError(f"the elements of {field.name} are not in the order that is set", (field.name,))
        if there is None and patch is None:
            return None
        if not (there or patch):
            raise MergeError(f"{field.name} has no elements to set the order of", (field.name,))
        if there is None or patch is None:
            elements = there if patch is None else without_directives(patch)
        else:
            elements = self._lists(there, patch, field, deletes=False)
        _check_keys((*elements, *order), field)
        return arranged(elements, order, there or [], key)

    def _lists(self, original: Any, patch: list[Any], field: Field, deletes: bool) -> list[Any]:
        """Two lists of that field."""
        if not (field.key or deletes) or not (original or patch):
            return patch
        maps = _elements_are_maps(original, patch, field.name)
        if deletes and not maps:
            gone = places(patch, "")
            return [each for each in original if identity(each, "") not in gone]
        if maps != bool(_key_of(field)):
            raise MergeError(f"the elements of {field.name} cannot be merged: they have no key", (field.name,))
        if maps:
            return self._keyed(original, patch, field)
        return arranged(unique((*original, *patch)), patch, original, "")

    def _keyed(self, original: list[Any], patch: list[Any], field: Field) -> list[Any]:
        shape, key = field.shape[2:], field.key
        if self.typed:
            original, patch = _as_written(original, shape, key), _as_written(patch, shape, key)
        else:
            original, patch = directed_list(original, patch, key)
        merged = list(original)
        index = places(original, key)
        for each in patch:
            token = identity(each, key)
            if token not in index:
                index[token] = len(merged)
                merged.append(each)
            else:
                merged[index[token]] = self._below(merged[index[token]], each, shape, field.name)
        _check_keys((*merged, *patch), field)
        return arranged(merged, patch, original, key)


def _overriding(of: Type, patch: Document) -> Document:
    written = of.written(patch)
    return {**written, **{name: zero for name, zero in of.zeros.items() if name not in written}}


def _as_written(elements: list[Any], shape: str, key: str) -> list[Any]:
    """*elements* with the key as Go writes it: an empty one is left out, or written though it is not there."""
    field = types()[shape].fields[key]
    return [_keyed_as_written(each, field) for each in elements]


def _keyed_as_written(element: Document, field: Field) -> Document:
    value = element.get(field.name)
    if value is None and field.always:
        return {**element, field.name: 0 if field.shape == "int32" else ""}
    if field.name in element and (value is None or field.is_empty(value)):
        return {name: each for name, each in element.items() if name != field.name}
    return element


def _field(shape: str, name: str) -> Field:
    of = types().get(shape.removeprefix("*"))
    if of is None:
        raise MergeError("objects in a map, or of no fixed form, cannot be merged", (name,))
    field = of.find(name)
    if field is None:
        raise MergeError(f"{of.name} has no field {name!r}", (name,))
    return field


def _is_written_always(shape: str, name: str) -> bool:
    """Whether Go always writes the field, as an empty object at least: so there is something to direct."""
    of = types().get(shape.removeprefix("*"))
    field = of.find(name) if of else None
    return field is not None and field.is_struct


def _deletes(element: Any) -> bool:
    return isinstance(element, dict) and element.get(PATCH) == "delete"


def _check_keys(elements: Iterable[Any], field: Field) -> None:
    if any(identity(each, _key_of(field)) is None for each in elements):
        message = f"an element of {field.name} has no {field.key}, by which two lists are merged"
        raise MergeError(message, (field.name,))


def _key_of(field: Field) -> str:
    return "" if field.key == "-" else field.key


def _alike(one: Any, other: Any) -> bool:
    """Whether both are objects, both lists, or neither is either."""
    return isinstance(one, dict) == isinstance(other, dict) and isinstance(one, list) == isinstance(other, list)


def _elements_are_maps(original: list[Any], patch: list[Any], name: str) -> bool:
    kinds = {type(each) for each in (*original, *patch)}
    if kinds == {dict}:
        return True
    if list in kinds or dict in kinds:
        raise MergeError(f"the elements of {name} are not all of one kind", (name,))
    return False
