"""What can be told of a jq filter."""

from __future__ import annotations

import pytest

from admission.argo.languages.jq import check
from admission.errors import LanguageError


@pytest.mark.parametrize(
    "text",
    [
        ".",
        ".a[0].b",
        '.a | select(.b == "c)")',
        '"x \\(.a + "y") z"',
        "[.a, {b: .c}]  # and so on (",
        '"\\"" | .',
        "..|.a?",
    ],
)
def test_taken(text: str) -> None:
    """Filters whose brackets match and whose texts are closed are taken."""
    check(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [("", 0), (".a[0", 2), (".a)", 2), ('"open', 0), ("(]", 1), ('"\\(.a"', 5), ("[" * 1000, 100), ("{(})", 2)],
)
def test_refused(text: str, offset: int) -> None:
    """Filters that jq cannot read are refused, with the place."""
    with pytest.raises(LanguageError) as raised:
        check(text)

    assert offset == raised.value.offset
