"""Our parser beside the engine's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import PolicyError
from admission.policy.cel import engine
from admission.policy.cel.syntax import Call, Collection, Index, Literal, Name, Select, parse

A, B = Name("a"), Name("b")

TREES = [
    ("a.b", Select(A, "b")),
    ("a.?b", Select(A, "b")),
    ("a[b]", Index(A, B)),
    ("a[?'x']", Index(A, Literal("x"))),
    ("a.b(1, 2)", Call("b", A, (Literal(1), Literal(2)))),
    ("!a", Call("!_", None, (A,))),
    ("a || b && a", Call("_||_", None, (A, Call("_&&_", None, (B, A))))),
    ("a - b - a", Call("_-_", None, (Call("_-_", None, (A, B)), A))),
    ("a ? b : a ? b : a", Call("_?_:_", None, (A, B, Call("_?_:_", None, (A, B, A))))),
    ("[a, b,]", Collection((A, B))),
    ("[?a]", Collection((A,))),
    ("{'x': a, ?'y': b}", Collection((A, B), (Literal("x"), Literal("y")))),
    ("a in [b]", Call("_in_", None, (A, Collection((B,))))),
    ("r'\\d'", Literal("\\d")),
    ('"""a\n"b"""', Literal('a\n"b')),
    ("a // the rest", A),
    ("a.in_", Select(A, "in_")),
]


@pytest.mark.parametrize(("text", "expected"), TREES, ids=[text for text, _ in TREES])
def test_tree(text, expected):
    """A text is read as the grammar of CEL says."""
    assert expected == parse(text)


ATOMS = st.sampled_from(["object", "params.x", "1", "'a'", "true", "null", "[1]", "{'a': 1}", "each.y", "1.5"])


def grown(inner):
    pairs = st.tuples(inner, st.sampled_from(["&&", "||", "+", "==", "in", "<", "- ", "?1:"]), inner)
    return st.one_of(
        pairs.map(" ".join),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"!{one}"),
        inner.map(lambda one: f"{one}.field"),
        inner.map(lambda one: f"has({one}.field)"),
        inner.map(lambda one: f"{one}.all(x, {one})"),
        inner.map(lambda one: f"{one}[0]"),
        inner.map(lambda one: f"{one} ? {one} : {one}"),
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(ATOMS, grown, max_leaves=6))
def test_what_the_engine_reads_we_read(text):
    """Whatever cel-cpp compiles has a tree."""
    try:
        engine("cel-expr-python").compile(text)
    except PolicyError:
        return

    assert parse(text) is not None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab.?[](){}'\"\\,:+-!&|<>=1 \n`r", max_size=30))
def test_nonsense(text):
    """Whatever the text, there is a tree or a PolicyError."""
    try:
        parse(text)
    except PolicyError as error:
        assert str(error)
