"""The language of when."""

from __future__ import annotations

import time

import pytest

from admission.argo.languages.when import ANY, Value, parse
from admission.errors import LanguageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("heads == heads", True),
        ("a != a", False),
        ("'a b' == \"a b\"", True),
        ("1 == 1.0 && 2 > 1", True),
        ("1 + 2 * 3 == 7", True),
        ("10 - 2 - 3 == 5", True),
        ("true || a - b", True),
        ("a in (a, b)", True),
        ("false ? 1 : 2", 2.0),
        ("!(a == b)", True),
        ("1 == '1'", False),
        ("[a b] == 'a b'", True),
        ("a\\-b == 'a-b'", True),
        ("0x10 == 16", True),
        ("(a == a) (c)", True),
        ("foo", "foo"),
        ("1", 1.0),
        ("{{a}} == b", ANY),
        ("'{{a}}' == b", ANY),
        ("{{a}}", ANY),
        ("{{a}} {{operator}} {{b}}", ANY),
        ("a =~ '(x+x+)+y'", ANY),
        ("false && {{a}}", False),
    ],
)
def test_value(text: str, expected: Value) -> None:
    """A condition without tags comes to what the controller makes of it."""
    assert expected == parse(text).value


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("a == ", 5),
        (" == y", 1),
        ("a b == c", 2),
        ("/a == /b", 0),
        ("x == http://y", 9),
        ("a = b", 2),
        ("'open", 0),
        ("my.value == x", 0),
        ("my.Value == x", 0),
        ("(a == b", 6),
        ("!foo", 1),
        ("a-b == c", 1),
        ("a && b", 2),
        ("1.2.3 == x", 0),
        ("a == b\\", 6),
        ("{{a}} == b c", 11),
        ("{{a}} = b", 6),
        ("{{a}} == 'b", 9),
        ("(" * 200 + "a" + ")" * 200, 100),
    ],
)
def test_refused(text: str, offset: int) -> None:
    """What the controller cannot evaluate is refused, with the place, as far as tags leave no doubt."""
    with pytest.raises(LanguageError) as raised:
        parse(text)

    assert offset == raised.value.offset


def test_bare_words() -> None:
    """A tag without quotes is pointed out."""
    assert ((0, 5), (16, 22)) == parse("{{a}} == '{{b}}{{c}}x'"[:9] + "'{{b}}'" + "x{{c}}").bare


def test_long_and_hostile() -> None:
    """A chain of thousands is read; a megabyte ends in time, too."""
    start = time.process_time()

    assert parse(" && ".join(["a == a"] * 2000)).value is True
    for text in ("'" * 999_999, "\\" * 99_999, "-" * 500_000, "{{" * 300_000 + "}}"):
        with pytest.raises(LanguageError):
            parse(text + "=")
    assert time.process_time() - start < 5
