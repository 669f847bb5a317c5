"""
The part of a document that expressions may look at.

With the same part there, they say the same: it is what verdicts are remembered by. It is also all that an engine is
shown, because cel-cpp wraps every element of a list that it passes by: of a thousand templates all, for each container.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from admission.policy.cel.reads import ANY, Mode, Reads

#: By field the shape of what is there; a number is an element of a list, ``ANY`` every one of it. None is all of it, no
#: field its presence.
Shape: TypeAlias = "dict[str | int, Shape] | None"


def shape_of(reads: Iterable[Reads], root: str) -> Shape:
    """What of the variable *root* is read."""
    shape: Shape = {}
    for place, mode in (item for one in reads for item in one.places if item[0][0] == root):
        steps = [step if isinstance(step, str | int) else ANY for step in place[1:]]
        if mode is Mode.SIZE:
            steps.append(ANY)
        shape = _with(shape, steps, mode in (Mode.ALL, Mode.KEYS))
    return shape


def cut(value: Any, shape: Shape) -> Any:
    """The part of *value* that is of that shape."""
    if shape is None:
        return value
    if isinstance(value, dict):
        if not shape or ANY in shape:
            return value if shape else {}
        return {
            name: value[name] if inner is None else cut(value[name], inner)
            for name, inner in shape.items()
            if name in value
        }
    if isinstance(value, list):
        if ANY in shape:
            inner = shape[ANY]
            return [cut(item, inner) for item in value]
        # An element keeps its place, so what stands before it stays; nothing of that is looked at.
        numbers = [step for step in shape if isinstance(step, int)]
        return [cut(item, shape.get(number, {})) for number, item in enumerate(value[: max(numbers, default=-1) + 1])]
    return value


def _with(shape: Shape, steps: list[str | int], everything: bool) -> Shape:
    """*shape* and what is at *steps*, all below it included if *everything*."""
    if not steps:
        return None if everything else shape
    added: Shape = _with({}, steps[1:], everything)
    return _both(shape, {steps[0]: added})


def _both(one: Shape, other: Shape) -> Shape:
    """What is in either; where every element of a list is looked at, those that are named are among them."""
    if one is None or other is None:
        return None
    every = ANY in one or ANY in other
    found: dict[str | int, Shape] = {}
    for shape in (one, other):
        for step, inner in shape.items():
            key = ANY if every and isinstance(step, int) else step
            found[key] = _both(found[key], inner) if key in found else inner
    return found
