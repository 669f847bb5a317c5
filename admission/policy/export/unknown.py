"""
Whether something that an expression reads is known only when the workflow runs, as CEL.

``cel/reads.py`` says what is read, and ``templated`` there is this in Python: a text with ``{{`` at a place of these.
What type a field has is known from the table of Argo's types; one that is true or false, or a number, is always known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admission.argo.types import types
from admission.policy.cel.reads import ANY, Mode, Place, Reads, Value
from admission.policy.export.text import literal, present, selected

#: How far below something of which no type is known texts are looked for.
DEPTH = 3

#: Argo takes nothing in their place that has a tag in it.
_KNOWN = frozenset({"bool", "int", "int32", "uint", "bytes", "time"})
_TEXTS = frozenset({"str", "text", "intstr", "qty"})


@dataclass(frozen=True)
class Root:
    """A variable: what it is called, and of which types it may be (``data/types.yaml``)."""

    name: str
    shapes: frozenset[str]


def unknown(found: Reads, roots: Mapping[str, Root]) -> str:
    """CEL that is true where something of *found* is not known; empty where all of it always is."""
    tests = sorted(
        {
            test
            for place, mode in found.telling
            if place[0] in roots
            for shape in roots[str(place[0])].shapes
            if (test := _Test(mode, len(place)).of(roots[str(place[0])].name, shape, place[1:]))
        }
    )
    return f"({' || '.join(tests)})" if tests else ""


def element(listed: Value, roots: Mapping[str, Root]) -> frozenset[str]:
    """The types of the elements of a list that comes from the places of *listed*."""
    places = listed.step(ANY).all_places()
    shapes = (
        _shape(shape, place[1:]) for place in places if place[0] in roots for shape in roots[str(place[0])].shapes
    )
    return frozenset(shape for shape in shapes if shape)


def below(shape: str, step: str | int) -> str:
    """The type of what stands at *step* of something of that type; empty where none is known."""
    if shape.startswith(("[]", "{}")):
        return _plain(shape[2:]) if isinstance(step, int) or step == ANY or shape[0] == "{" else ""
    known = types().get(shape)
    field = known.find(str(step)) if known else None
    return _plain(field.shape) if field else ""


def _shape(shape: str, steps: Place) -> str:
    for step in steps:
        shape = below(shape, step)
    return shape


def _plain(shape: str) -> str:
    return shape.removeprefix("*")


@dataclass(frozen=True)
class _Test:
    """Writes the test of one place. *depth* makes names of loop variables differ."""

    mode: Mode
    depth: int

    def of(self, value: str, shape: str, steps: Place) -> str:
        """CEL that is true where a text with ``{{`` stands at *steps* below *value*; empty where none can."""
        if not steps:
            return self._at_the_end(value, shape)
        step, rest = steps[0], steps[1:]
        if step == ANY:
            return self._of_any(value, shape, rest)
        kind = below(shape, step)
        if isinstance(step, int):
            test = self.of(f"{value}[{step}]", kind, rest)
            return f"{value}.size() > {step} && {test}" if test else ""
        test = self.of(selected(value, step), kind, rest)
        there = present(value, step) if shape in types() else f"type({value}) == map && {literal(step)} in {value}"
        return f"{there} && {test}" if test else ""

    def _of_any(self, value: str, shape: str, rest: Place) -> str:
        item = f"item{self.depth - len(rest)}"
        test = self.of(item, below(shape, ANY), rest)
        if not test:
            return ""
        if shape.startswith("[]"):
            return f"{value}.exists({item}, {test})"
        key = f"key{self.depth - len(rest)}"
        # Whoever goes through a map may look at its keys.
        of_map = f"{value}.exists({key}, {key}.contains('{{{{') || [{value}[{key}]].exists({item}, {test}))"
        if shape.startswith("{}"):
            return of_map
        return f"(type({value}) == list ? {value}.exists({item}, {test}) : type({value}) == map && {of_map})"

    def _at_the_end(self, value: str, shape: str) -> str:
        if shape in _KNOWN or self.mode is Mode.PRESENCE:
            return ""
        if shape in _TEXTS:
            return f"string({value}).contains('{{{{')"
        if self.mode is Mode.SIZE:
            return "" if shape else f"type({value}) == string && {value}.contains('{{{{')"
        if shape.startswith(("[]", "{}")) and _plain(shape[2:]) in _TEXTS | _KNOWN:
            return self._of_texts(value, shape)
        if self.mode is Mode.KEYS and shape:
            return f"{value}.exists(key, key.contains('{{{{'))" if shape.startswith("{}") else ""
        return _anywhere(f"[dyn({value})]", 0)

    def _of_texts(self, value: str, shape: str) -> str:
        if shape.startswith("[]"):
            return f"{value}.exists(one, string(one).contains('{{{{'))"
        in_value = "" if self.mode is Mode.KEYS else f" || string({value}[key]).contains('{{{{')"
        return f"{value}.exists(key, key.contains('{{{{'){in_value})"


def _anywhere(values: str, depth: int) -> str:
    """CEL that is true where one of *values*, or something below it, is a text with ``{{`` in it."""
    level, value = f"level{depth}", f"value{depth}"
    # Else the API server takes what is asked whether it is a text for one.
    one = f"dyn({value})"
    here = f"{level}.exists({value}, type({one}) == string && {one}.contains('{{{{'))"
    if depth < DEPTH:
        items = f"type({one}) == list ? {one} : type({one}) == map ? {one}.map(key, {one}[key]) : []"
        here += f" || {_anywhere(f'{level}.map({value}, {items}).flatten()', depth + 1)}"
    return f"[{values}].exists({level}, {here})"
