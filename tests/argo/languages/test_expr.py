"""Expressions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.argo.languages.expr import parse
from admission.errors import LanguageError


@pytest.mark.parametrize(
    "text",
    [
        "a == 1 && b != 'x'",
        "let y = 5; y + a",
        "filter(a, {# > 1})",
        "filter(a, .x > 1) | map(#.y) | len()",
        "a?.b ?? 'c'",
        "1 < a < 5",
        "a not in [1, 2,]",
        "not (a contains 'b')",
        "if a { 1 } else if b { 2 } else { 3 }",
        "a ? b : c ?: d",
        "{a: 1, 'b': 2, (c): 3,}",
        "-1 ** 2",
        "a[1:][:2][:]",
        "reduce(a, #acc + #, 0)",
        "'\\x41\\u00e9\\u{1F600}\\101'",
        "`a``b`",
        "a.in.not",
        "1..3",
        "0x1F + 0b11 + 0o7 + 1_000 + .5e3",
        "a /* why */ + b // end",
        "a;b;",
        "::len(a)",
        "sprig.trim(inputs.parameters['my-p'])",
        "$env['x']",
    ],
)
def test_taken(text: str) -> None:
    """The whole of the language is taken."""
    assert text == parse(text).text


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("steps[a", 7),
        ("1 +", 3),
        ("a b", 2),
        ("a & b", 2),
        ("a = b", 2),
        ("(a", 2),
        ("a)", 1),
        ("'open", 0),
        ("'\\q'", 1),
        ("1a", 0),
        ("a ?? b || c", 7),
        ("9223372036854775808", 0),
        ("a /* open", 2),
        ("a.1", 1),
        ("filter(a)", 8),
        ("x | 1", 4),
        ("a === b", 4),
        ("{{a}}", 1),
        ("a @ b", 2),
    ],
)
def test_refused(text: str, offset: int) -> None:
    """What the language does not have is refused, with the place."""
    with pytest.raises(LanguageError) as raised:
        parse(text)

    assert offset == raised.value.offset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steps['my-step'].outputs.result", ["steps.my-step.outputs.result"]),
        ("inputs.parameters.my-p", ["inputs.parameters.my", "p"]),
        ("steps[x].id", ["steps", "x"]),
        ("a.b(c).d", ["a.b", "c"]),
        ("filter(list, {# > limit})", ["list", "limit"]),
        ("let x = a; x + b", ["a", "b"]),
        ("sprig.trim(a.b)", ["a.b"]),
        ("toJson(a) | asInt()", ["a"]),
        ("{a: b}", ["b"]),
        ("a[0].b", ["a"]),
        ("'a'.b", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    """The paths that an expression reads are found, as far as they are literal, and local names are not among them."""
    assert expected == [str(path) for path in parse(text).names]


def test_paths_know_their_place() -> None:
    """A path says where it stands, whether it goes on, and whether its absence is provided for."""
    first, second, third = parse("a.b[x] + (c.d ?? '')").names

    assert [(0, 3, True, False), (4, 5, False, False), (10, 13, False, True)] == [
        (path.start, path.end, path.open, path.guarded) for path in (first, second, third)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("asInt(sprig.trim(a)) | f()", ["f", "asInt", "sprig.trim"]), ("a.b()", ["a.b"]), ("map(a, f(#))", ["map", "f"])],
)
def test_calls(text: str, expected: list[str]) -> None:
    """The functions that an expression calls are found."""
    assert expected == [str(path) for path in parse(text).calls]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == b", "bool"),
        ("not a", "bool"),
        ("a", ""),
        ("1 + 2", "number"),
        ("a + 'x'", "string"),
        ("c ? 'a' : 'b'", "string"),
        ("c ? 1 : 'b'", ""),
        ("[1]", "array"),
        ("{}", "map"),
        ("nil", "nil"),
        ("len(a)", "number"),
        ("let x = 1; x > 2", "bool"),
        ("f(a)", ""),
    ],
)
def test_type(text: str, expected: str) -> None:
    """What a value certainly is, the text says."""
    assert expected == parse(text).type


@pytest.mark.parametrize(
    "text",
    ["(" * 100_000, "[" * 50_000, "!" * 90_000, "a." * 40_000, "a?" * 40_000, "let a=1;" * 10_000, "'" + "a" * 10**6],
)
def test_hostile(text: str) -> None:
    """Deep nesting and long texts end soon, in an error."""
    start = time.process_time()
    with pytest.raises(LanguageError):
        parse(text)

    assert time.process_time() - start < 3


def test_a_long_chain_is_no_nesting() -> None:
    """A chain of a thousand operands is read, names, calls and type included."""
    expression = parse(" || ".join(f"f{number}(a{number})" for number in range(1000)))

    assert (1000, 1000, "bool") == (len(expression.names), len(expression.calls), expression.type)


@given(st.text("ab.[](){}'\"`?:!&|=<>+-*/%^#,;0 \\\n", max_size=40))
def test_any_text(text: str) -> None:
    """Any text is an expression or refused with a place in it."""
    try:
        names = parse(text).names
    except LanguageError as error:
        assert 0 <= error.offset <= len(text)
    else:
        assert all(0 <= path.start < path.end <= len(text) for path in names)
