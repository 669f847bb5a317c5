"""Values as Argo's Go types read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol
from zlib import crc32

#: What stands for a value that is not known yet, with a number.
PLACEHOLDER = "__argo__internal__placeholder-"
PLACEHOLDERS = re.compile(rf"{PLACEHOLDER}[0-9]+")


def placeholder(name: str) -> str:
    """What stands for the value of the variable *name*: of each its own, since two of them may be compared."""
    return f"{PLACEHOLDER}{crc32(name.encode(errors='replace'))}"


def placeholders(names: Iterable[str]) -> dict[str, str]:
    """What stands for the values of all *names*."""
    return {name: placeholder(name) for name in names}


class Values(Protocol):
    """Values by the name of the variable."""

    def get(self, name: str, /) -> str | None:
        """The value of *name*; ``None`` where it is not known."""

    def has_root(self, root: str, /) -> bool:
        """Whether any name begins with *root* and a dot."""


def any_string(value: object) -> str | None:
    """
    A parameter's value as Argo reads it; ``None`` where there is none.

    Strings, numbers and booleans become text; lists and objects silently become the empty text (``decode-anystring``).
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    return ""


def _number(value: int | float) -> str:
    """A number as Go writes a float64 without an exponent."""
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    if number != number or number in (float("inf"), float("-inf")):
        return str(value)
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def printable_in_json(value: str) -> bool:
    """
    Whether Go's quoting of *value* is JSON, too (``subst-json``).

    It writes control characters as ``\\a``, ``\\v`` or ``\\x01``, and what it cannot print beyond the first 65,536 as
    ``\\U000e0001``: JSON knows none of those.
    """
    if value.isprintable():
        return True
    return all(_quoted_as_json(char) for char in value)


def _quoted_as_json(char: str) -> bool:
    if char < " " or char == "\x7f":
        return char in "\b\f\n\r\t"
    return char < "\U00010000" or unicodedata.category(char)[0] not in "CZ"
