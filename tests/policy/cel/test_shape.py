"""What an expression does not read has no say in what it comes to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import EvaluationError, PolicyError
from admission.policy.cel import engine
from admission.policy.cel.reads import reads, templated, whole
from admission.policy.cel.shape import cut, shape_of
from admission.policy.cel.syntax import parse

CPP = engine("cel-expr-python")

SHAPES = [
    ("object.a.b == 1", {"a": {"b": None}}),
    ("has(object.a.b)", {"a": {"b": {}}}),
    ("has(object.a) && object.a.b.c == 1", {"a": {"b": {"c": None}}}),
    ("object.l.all(x, x.a == 1)", {"l": {"*any*": {"a": None}}}),
    ("object.l.size() == 1", {"l": {"*any*": {}}}),
    ("object == 1", None),
    ("params.x == 1", {}),
    ("object.l[1].a == 1", {"l": {1: {"a": None}}}),
    ("object.l[1] == 1 && object.l.all(x, x.a == 1)", {"l": {"*any*": None}}),
    ("object.l[1].b == 1 && object.l.all(x, x.a == 1)", {"l": {"*any*": {"a": None, "b": None}}}),
]


@pytest.mark.parametrize(("text", "expected"), SHAPES, ids=[text for text, _ in SHAPES])
def test_shape(text, expected):
    """The shape is that of the places that are read."""
    assert expected == shape_of([whole(reads(parse(text)))], "object")


SCALARS = st.sampled_from([1, 2, "x", "", True, None, "{{x}}"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "l"]), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES, "l": st.lists(VALUES, max_size=3)})

PLACES = st.sampled_from(
    [
        "object",
        "object.a",
        "object.b",
        "object.l",
        "object.a.b",
        "object.?a.?b.orValue(1)",
        "object.l[0]",
        "object.l[1].a",
        "(object.l + object.b)[1]",
        "(object.b + object.l)[0].a",
        "object['b'].a",
    ]
)


def lists(inner):
    return st.one_of(
        st.just("object.l"),
        st.just("object.a.l"),
        inner.map(lambda one: f"[{one}]"),
        inner.map(lambda one: f"[{one}, object.b]"),
        inner.map(lambda one: f"object.l.map(x, x == {one} ? x : {one})"),
        inner.map(lambda one: f"object.l.filter(x, x != {one})"),
        inner.map(lambda one: f"([[{one}]] + [object.l]).filter(y, y.size() > 0)[0]"),
        inner.map(lambda one: f"object.l.transformList(i, x, i > 0 ? x : {one})"),
    )


def grown(inner):
    loops = st.sampled_from(
        ["x.a == 1", "has(x.a)", "x == object.b", "x.b.exists(y, y == 1)", "'a' in x", "x.a.b != ''"]
    )
    return st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "&&", "||", "in", "+"]), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} == 1 ? {t[1]} : {t[2]})"),
        inner.map(lambda one: f"({one}).size()"),
        inner.map(lambda one: f"type({one})"),
        inner.map(lambda one: f"({one}).a"),
        inner.map(lambda one: f"({one})['b']"),
        inner.map(lambda one: f"has(({one}).b)"),
        inner.map(lambda one: f"{{'a': {one}, 'b': object.b}}"),
        st.tuples(lists(inner), st.sampled_from(["all", "exists", "exists_one"]), loops).map(
            lambda t: f"{t[0]}.{t[1]}(x, {t[2]})"
        ),
        lists(inner),
    )


EXPRESSIONS = st.recursive(PLACES, grown, max_leaves=5)


def value(program, document):
    """What an expression comes to, or that it fails."""
    try:
        return program.evaluate(CPP.activation({"object": document}))
    except EvaluationError:
        return EvaluationError


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, DOCUMENTS)
def test_what_is_not_read_does_not_matter(text, document):
    """An expression comes to the same on the part of a document that it reads."""
    try:
        program = CPP.compile(text)
    except PolicyError:
        return
    shape = shape_of([whole(reads(parse(text)))], "object")

    assert value(program, document) == value(program, cut(document, shape))


def known(document):
    """*document* with other texts in place of those with a tag."""
    if isinstance(document, dict):
        return {key: known(item) for key, item in document.items()}
    if isinstance(document, list):
        return [known(item) for item in document]
    return "other" if document == "{{x}}" else document


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, DOCUMENTS)
def test_what_is_known_does_not_change(text, document):
    """Where no value with a tag is read, what stands there in the end changes nothing."""
    try:
        program = CPP.compile(text)
    except PolicyError:
        return
    read = whole(reads(parse(text)))
    tagged, telling = (
        any(templated(document, tuple(steps), mode) for (root, *steps), mode in places if root == "object")
        for places in (read.places, read.telling)
    )
    assert tagged == telling
    if tagged:
        return

    assert value(program, document) == value(program, known(document))


def test_a_place_in_joined_lists_is_a_place_of_none():
    """Of lists that are joined an element may come from any place of each."""
    text, document = "(object.b + object.l)[1] == 'x'", {"b": ["{{x}}"], "l": ["x"]}
    read = whole(reads(parse(text)))

    assert True is value(CPP.compile(text), cut(document, shape_of([read], "object")))
    assert any(templated({"object": {**document, "l": ["{{x}}"]}}, place, mode) for place, mode in read.places)
