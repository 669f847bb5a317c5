"""Template tags."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.argo.languages.tags import tags, unclosed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("no tag", []),
        ("{{a}}", ["a"]),
        ("x {{a}} y {{ b }} z", ["a", " b "]),
        ("{{{x}}}", ["{x"]),
        ("{{a.{{b}}}}", ["a.{{b"]),
        ("{{}}", [""]),
        ("{{a}", []),
        ("{{a} {{b}}", ["a} {{b"]),
        ("{{=x}}{{ =x}}", ["=x", " =x"]),
        ('{{="}}"}}', ['="']),
    ],
)
def test_tags(text: str, expected: list[str]) -> None:
    """A tag runs from two opening braces to the next two closing ones, whatever stands between."""
    assert expected == [tag.body for tag in tags(text)]


def test_positions_and_kinds() -> None:
    """A tag knows its place, and is an expression only where "=" follows the braces at once."""
    text = "a {{ b }} {{= 1 }} {{ =2}}"
    simple, expression, strange = tags(text)

    assert ("{{ b }}", "b", False) == (text[simple.start : simple.end], simple.name, simple.is_expression)
    assert (" 1 ", True, False) == (expression.expression, expression.is_expression, strange.is_expression)
    assert " 1 }}" == text[expression.start + 3 : expression.end]


@pytest.mark.parametrize(
    ("text", "expected"), [("{{a}}", None), ("}}", None), ("{{a}} {{b", 6), ("{{a}", 0), ("{{a} }}", None)]
)
def test_unclosed(text: str, expected: int | None) -> None:
    """An opening that nothing closes is found where it stands."""
    assert expected == unclosed(text)


@given(st.text("{}=a ", max_size=40))
def test_any_text(text: str) -> None:
    """Tags stand in order, do not overlap, and are what the text says."""
    found = tags(text)

    assert all(text[tag.start : tag.end] == "{{" + tag.body + "}}" for tag in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_long_hostile_text_is_read_once() -> None:
    """A megabyte of openings costs no more than reading it."""
    assert [] == tags("{{" * 500_000)
