"""Values as Argo's Go types read them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Protocol

#: What stands for a value that is not known yet. Argo numbers them; the number changes nothing.
PLACEHOLDER = "__argo__internal__placeholder-0"
PLACEHOLDERS = re.compile(r"__argo__internal__placeholder-[0-9]+")


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
