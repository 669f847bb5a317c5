"""Resource quantities."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.argo.languages.quantities import MAX, parse
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.1", "100m"),
        ("1", "1000m"),
        ("1Ki", "1024"),
        ("1.5Gi", "1536Mi"),
        ("1e3", "1k"),
        ("1E3", "1000"),
        ("1E", "1000P"),
        ("12.", "12"),
        (".5", "500m"),
        ("1.G", "1000M"),
        ("+1", "1"),
        ("-0", "0"),
        ("1e-3", "1m"),
        ("0.5n", "1n"),
        ("20E", "2e19"),
        ("100Ei", "9000Ei"),
        ("Ki", "0"),
        (2, "2"),
        (0.5, "500m"),
        (1.0, "1"),
    ],
)
def test_equal(one: str | float, other: str) -> None:
    """A quantity is its value, however it is written."""
    assert parse(one) == parse(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 Gi",
        "1gb",
        "1GiB",
        "abc",
        "1e",
        "1K",
        "--1",
        "1.2.3",
        "{{x}}",
        "1\n",
        "1Gi ",
        "٣",
        True,
        "1i",
        "Ei",
        "e-10",
    ],
)
def test_refused(text: str) -> None:
    """What the API server does not take as a quantity is refused."""
    with pytest.raises(LanguageError):
        parse(text)


def test_absurd_exponents_are_not_computed() -> None:
    """Huge values are all equal, tiny ones a billionth, and both at once."""
    assert (parse("1e1001"), Fraction(1, 10**9)) == (parse("1e2000000000"), parse("1e-2000000000"))


def test_a_million_digits_are_read_at_once() -> None:
    """A hostile text costs no more than reading it."""
    assert (parse("1e1001"), Fraction(1)) == (parse("9" * 1_000_000), parse("0." + "9" * 1_000_000))


def test_binary_suffixes_are_capped() -> None:
    """The largest value with a binary suffix is that of a signed 64-bit number."""
    assert Fraction(MAX) == parse("8Ei")


@given(st.integers(-(10**15), 10**15))
def test_any_number_of_thousandths(value: int) -> None:
    """The suffix m divides by a thousand, exactly."""
    assert Fraction(value, 1000) == parse(f"{value}m")
