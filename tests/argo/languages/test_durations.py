"""Durations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.argo.languages.durations import HOUR, MINUTE, SECOND, parse, parse_argo
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("30s", 30 * SECOND),
        ("1h30m", HOUR + 30 * MINUTE),
        ("1.5h", HOUR + 30 * MINUTE),
        (".5s", SECOND // 2),
        ("5.s", 5 * SECOND),
        ("-5m", -5 * MINUTE),
        ("+5m", 5 * MINUTE),
        ("1µs", 1000),
        ("1μs1ns", 1001),
        ("9223372036854775807ns", 2**63 - 1),
        ("-9223372036854775808ns", -(2**63)),
    ],
)
def test_go(text: str, expected: int) -> None:
    """A duration is a sum of numbers, each with a unit."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("5", 0),
        ("1d", 0),
        ("1h5", 2),
        ("h", 0),
        (".s", 0),
        ("1 s", 0),
        ("--1s", 1),
        ("1h 5m", 0),
        ("9223372036854775808ns", 0),
        ("9" * 1_000_000 + "s", 0),
        ("1s" * 3 + "x", 4),
    ],
)
def test_refused(text: str, offset: int) -> None:
    """What Go does not read as a duration is refused, with the place."""
    with pytest.raises(LanguageError) as raised:
        parse(text)

    assert offset == raised.value.offset


@pytest.mark.parametrize(("text", "expected"), [("5", 5 * SECOND), ("-5", -5 * SECOND), ("1m", MINUTE)])
def test_argo(text: str, expected: int) -> None:
    """Where Argo takes integers, they are seconds."""
    assert expected == parse_argo(text)


@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 59))
def test_any_clock(hours: int, minutes: int, seconds: int) -> None:
    """The parts of a duration add up."""
    assert hours * HOUR + minutes * MINUTE + seconds * SECOND == parse(f"{hours}h{minutes}m{seconds}s")
