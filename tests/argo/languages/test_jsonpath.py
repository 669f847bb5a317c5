"""JSONPath."""

from __future__ import annotations

import pytest

from admission.argo.languages.jsonpath import parse
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{.status.phase}", [(0, 15)]),
        (".status.phase", []),
        ("{range .items[*]}{.metadata.name}{'\\n'}{end}", [(0, 17), (17, 33), (33, 39), (39, 44)]),
        ('{.status.conditions[?(@.type=="Ready")].status}', [(0, 47)]),
        ("a {.b['c.d']} e {..f}", [(2, 13), (16, 21)]),
        ("{.a[0]}{.a[-1]}{.a[1:3]}{.a[0,2]}{.a['x','y']}", [(0, 7), (7, 15), (15, 24), (24, 33), (33, 46)]),
        ("{$.a}{@}{}", [(0, 5), (5, 8), (8, 10)]),
        ("{.a\\.b/c}", [(0, 9)]),
    ],
)
def test_actions(text: str, expected: list[tuple[int, int]]) -> None:
    """What stands in braces is found."""
    assert expected == list(parse(text).actions)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("{.a", 3),
        ("{.a[0}", 3),
        ("{.a[x]}", 3),
        ("{.a[?(@.b)}", 3),
        ("{.a[?(@.b=='c']}", 3),
        ("{'open}", 1),
        ("{%}", 1),
        ("{.a\n}", 3),
        ("{1.2.3}", 1),
        ("{....a}", 3),
        ("{" + "[?(" * 10_000, 1),
        ("x" * 1_000_000, 0),
    ],
)
def test_refused(text: str, offset: int) -> None:
    """What kubectl does not read as a path is refused, with the place."""
    with pytest.raises(LanguageError) as raised:
        parse(text)

    assert offset == raised.value.offset
