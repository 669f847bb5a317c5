"""What is told in one step is what a walk through the value tells, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo import decoding, fields, fitting, schema, surely, types
from admission.errors import MergeError

#: What stands where something else belongs.
ODD = (
    None, "", "a", "a\n", "1", "1Gi", "1.5", "1\n", " 1", "{{x}}", "\ud800", True, 0, 1, -1, 2.0, 1.5, 2**31, 2**63,
    2**64, 10**30, [], {}, [None], {"a": None}, [{}], {"": ""}, {"name": "a"},
)  # fmt: skip
SCALARS = {
    **dict.fromkeys(("str", "anystr", "text", "intstr"), ("", "a", "{{x}}", "ARTIFACT")),
    **dict.fromkeys(("int", "int32", "int64", "uint"), (0, 1, 1000)),
    **dict.fromkeys(("quantity", "qty"), ("1", "500m", "1Gi", "0.5", 1)),
    "bool": (True, False),
    "number": (1, 0.5),
}


class Making:
    """Values of the shapes of both tables, mostly as they should be."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def one(self, shape: Any, depth: int = 0) -> Any:
        if self._random.random() < 0.02:
            return self._random.choice(ODD)
        if isinstance(shape, str):
            return self._of_go(shape.removeprefix("*"), depth)
        if isinstance(shape, fields.Listed):
            return self._many(shape.item, depth)
        if isinstance(shape, fields.Mapped):
            return self._named(shape.value, depth)
        if isinstance(shape, fields.Type):
            return self._object({name: each.shape for name, each in shape.fields.items()}, shape.required, depth)
        return self._random.choice(shape.values or SCALARS.get(shape.name, ODD))

    def _of_go(self, shape: str, depth: int) -> Any:
        if shape.startswith("[]"):
            return self._many(shape[2:], depth)
        if shape.startswith("{}"):
            return self._named(shape[2:], depth)
        known = types.types().get(shape)
        if known is None:
            return self._random.choice(SCALARS.get(shape, ODD))
        needed = tuple(name for name, zero in known.zeros.items() if zero is not None)
        return self._object({name: each.shape for name, each in known.fields.items()}, needed, depth)

    def _object(self, known: dict[str, Any], needed: tuple[str, ...], depth: int) -> Any:
        chosen = [name for name in known if self._random.random() < 2 / (len(known) or 1)] if depth < 6 else []
        made = {name: self.one(known[name], depth + 1) for name in dict.fromkeys((*needed, *chosen))}
        if self._random.random() < 0.02:
            made[self._random.choice(("unknown", "Name", "image"))] = self._random.choice(ODD)
        return made

    def _many(self, shape: Any, depth: int) -> list[Any]:
        return [self.one(shape, depth + 1) for _ in range(self._random.choice((0, 1, 1, 2, 3)))]

    def _named(self, shape: Any, depth: int) -> dict[str, Any]:
        return {name: self.one(shape, depth + 1) for name in "abc"[: self._random.choice((0, 1, 2))]}


@pytest.fixture(scope="class")
def walking() -> Iterator[None]:
    """Everything is walked through, and nothing told in one step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "fits", lambda *_: None)
        patch.setattr(decoding, "_same", lambda *_: None)
        decoding._reader.cache_clear()
        yield
    decoding._reader.cache_clear()


def told(tells: Any, random: Random, shape: Any) -> list[Any]:
    """Values of that shape that surely are of it."""
    making = Making(random)
    return [each for each in (making.one(shape) for _ in range(5)) if isinstance(each, dict) and tells(each)]


@pytest.mark.usefixtures("walking")
class TestAnything:
    """Values of all types, nearly right, against the walk through them."""

    @settings(max_examples=300, deadline=None)
    @given(st.randoms(use_true_random=False), st.sampled_from(sorted(fields.types())), st.booleans())
    def test_what_surely_fits_has_no_misfit(self, random: Random, name: str, newest: bool) -> None:
        """A value that surely fits has nothing wrong in it, whatever the type and the version."""
        kind = fields.types()[name]

        for value in told(fitting.fits(kind, newest), random, kind):
            assert [] == schema._Reader(newest).read(value, kind)

    @settings(max_examples=300, deadline=None)
    @given(st.randoms(use_true_random=False), st.sampled_from(sorted(types.types())), st.booleans())
    def test_what_is_surely_the_same_is_read_as_it_is(self, random: Random, name: str, newest: bool) -> None:
        """A value that surely is read as it is comes out as the same object, whatever the type and the version."""
        same = surely.teller(lambda quantity: decoding._Kinds(newest, quantity).of(name))

        for value in told(same, random, name):
            assert value is decoding.decoded(value, name, newest=newest)


@pytest.mark.parametrize("newest", [True, False])
def test_the_usual_is_sure(newest: bool) -> None:
    """A template as most are is told in one step by both tables; one with a slip by neither."""
    container = {
        "image": "alpine:3.20",
        "command": ["sh", "-c"],
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "{{inputs.parameters.a}}"}],
        "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}},
    }
    good = {"name": "a", "inputs": {"parameters": [{"name": "a", "value": "1"}]}, "container": container}
    bad = {**good, "container": {**container, "resources": {"cpu": "1"}}}
    fits, same = fitting.fits(fields.types()["Template"], newest), decoding._same("Template", newest)

    assert (True, True, False, False) == (fits(good), same(good), fits(bad), same(bad))


@pytest.mark.parametrize(("amount", "sure"), [("1", True), ("1337m", True), ("1e3", False), ("x", False)])
def test_quantities(amount: str, sure: bool) -> None:
    """Usual quantities and others are told in one step; rare ones, and what is none, are looked at."""
    template = {"name": "a", "container": {"image": "a", "resources": {"limits": {"cpu": amount}}}}
    fits, same = fitting.fits(fields.types()["Template"], True), decoding._same("Template", True)

    assert (sure, sure) == (fits(template), same(template))


def test_items_are_told_apart() -> None:
    """A list that has an item twice is walked through, so that it is found."""
    twice = {
        "name": "a",
        "container": {"image": "a", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
    }
    document = {"spec": {"templates": [twice]}}

    assert not fitting.fits(fields.types()["Template"], True)(twice)
    assert "repeated-item" in {each.kind for each in schema.misfits(document, "Workflow")}


def test_what_cannot_be_read_is_still_said() -> None:
    """A template that is not as it should be is walked through, and the place is said."""
    with pytest.raises(MergeError) as error:
        decoding.decoded({"templates": [{"name": "a"}, {"container": {"image": 1}}]}, "WorkflowSpec")

    assert ("templates", 1, "container", "image") == error.value.steps
