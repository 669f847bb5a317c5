"""Loops."""

from __future__ import annotations

from typing import Any

import pytest

from admission.argo.languages.sequences import Sequence, check_format, items, sequence
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"count": 3}, Sequence(0, 2, 3)),
        ({"count": "3", "start": "5"}, Sequence(5, 7, 3)),
        ({"start": 10, "end": 8}, Sequence(10, 8, 3)),
        ({"end": "4"}, Sequence(0, 4, 5)),
        ({"count": 0}, Sequence(0, -1, 0)),
        ({"count": "{{inputs.parameters.n}}"}, None),
        ({"start": "{{x}}", "end": 3}, None),
    ],
)
def test_sequence(fields: dict[str, Any], expected: Sequence | None) -> None:
    """A sequence is its bounds, unless a tag decides them."""
    assert expected == sequence(fields)


@pytest.mark.parametrize(
    "fields", [{}, {"start": 1}, {"count": "a"}, {"count": "1.5"}, {"end": [1]}, {"end": True}, {"count": ""}]
)
def test_no_sequence(fields: dict[str, Any]) -> None:
    """What is no sequence is refused."""
    with pytest.raises(LanguageError):
        sequence(fields)


@pytest.mark.parametrize(
    ("text", "taken"),
    [("%d", True), ("a%03db", True), ("100%%-%x", True), ("x", False), ("%s", False), ("%d%d", False), ('"%d', False)],
)
def test_format(text: str, taken: bool) -> None:
    """A format writes one integer."""
    try:
        check_format(text)
    except LanguageError:
        assert not taken
    else:
        assert taken


def test_items() -> None:
    """A list that is written out is read; what is none is refused."""
    assert [1, {"a": "b"}] == items('[1, {"a": "b"}]')
    for text in ("a,b", '{"a": 1}', "", "[" * 100_000):
        with pytest.raises(LanguageError):
            items(text)
