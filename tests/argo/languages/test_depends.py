"""The language of depends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.argo.languages.depends import parse
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [("a", "")]),
        ("a && b", [("a", ""), ("b", "")]),
        (
            "(a.Succeeded || a.Skipped) && !my-task-2.Failed",
            [("a", "Succeeded"), ("a", "Skipped"), ("my-task-2", "Failed")],
        ),
        ("not a", [("a", "")]),
        ("a.Succeeded == b.Failed", [("a", "Succeeded"), ("b", "Failed")]),
    ],
)
def test_dependencies(text: str, expected: list[tuple[str, str]]) -> None:
    """The tasks and results that a text names are found in its order."""
    assert expected == [(found.task, found.result) for found in parse(text)]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("(a &&", 5),
        ("a b", 2),
        ("a & b", 2),
        ("a.Failed.Succeeded", 8),
        ("a.succeeded", 2),
        ("1a", 0),
        ("in", 0),
        ("a + b", 0),
        ("a && 'x'", 5),
        ("a | b", 4 + 1),
        ("(" * 100_000, 100),
    ],
)
def test_refused(text: str, offset: int) -> None:
    """What the controller cannot evaluate is refused, with the place."""
    with pytest.raises(LanguageError) as raised:
        parse(text)

    assert offset == raised.value.offset


@pytest.mark.parametrize("plain", ["a && b", "a.Failed || b-c.Succeeded && d_e", "a1.AnySucceeded&&b", "x"])
def test_the_short_way(plain: str) -> None:
    """A plain condition is read without the parser, to the same end as with it."""
    found, parsed = parse(plain), parse(f"({plain})")

    assert [(each.task, each.result, each.start, each.end) for each in found] == [
        (each.task, each.result, each.start - 1, each.end - 1) for each in parsed
    ]


def test_many_tasks() -> None:
    """A task may depend on thousands."""
    assert 4000 == len(parse(" && ".join(f"task-{number}" for number in range(4000))))


@given(st.text("ab-1.&|!() SucFailed", max_size=40))
def test_any_text(text: str) -> None:
    """Any text has dependencies at their places, or is refused."""
    try:
        found = parse(text)
    except LanguageError as error:
        assert 0 <= error.offset <= len(text)
    else:
        assert all(text[one.start : one.end].startswith(one.task) for one in found)
