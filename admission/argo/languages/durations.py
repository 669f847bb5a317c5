"""
Durations: Go's ``time.ParseDuration``, and Argo's own reading, for which a plain integer is a number of seconds.

Both give nanoseconds. There are no days in either: ``1d`` is no duration.
"""

from __future__ import annotations

import re

from admission.errors import LanguageError

NANOSECOND = 1
MICROSECOND = 1000 * NANOSECOND
MILLISECOND = 1000 * MICROSECOND
SECOND = 1000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

#: The micro sign and the Greek letter mu are both taken.
UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "\u00b5s": MICROSECOND,
    "\u03bcs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}

#: A duration is a signed 64-bit number of nanoseconds: about 292 years.
LONGEST = 2**63 - 1

_PART = re.compile(r"([0-9]*)(?:(\.)([0-9]*))?([^0-9.]*)")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
#: More digits than this are more than ``LONGEST`` in any unit, and slow to read.
_DIGITS = 19


def parse(text: str) -> int:
    """The nanoseconds of *text* as Go reads it: ``1h30m``, ``-1.5s``, ``0``."""
    sign, rest = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if rest == "0":
        return 0
    if not rest:
        raise LanguageError("a duration is a number with a unit, such as 30s or 1h30m")
    total, at = 0, 0
    while at < len(rest):
        amount, length = _part(rest, at, len(sign))
        total, at = total + amount, at + length
        if total > LONGEST + (sign == "-"):
            raise LanguageError(f"{_shown(text)!r} is longer than a duration can be (292 years)")
    return -total if sign == "-" else total


def parse_argo(text: str) -> int:
    """The nanoseconds of *text* as Argo reads it: an integer is a number of seconds, all else is as in Go."""
    if _INTEGER.match(text) and len(text) <= _DIGITS:
        return int(text) * SECOND
    return parse(text)


def _part(text: str, at: int, offset: int) -> tuple[int, int]:
    """The nanoseconds and the length of one number with its unit, at *at*."""
    match = _PART.match(text, at)
    assert match, "every part of the pattern may be empty"
    whole, dot, fraction, unit = match.groups(default="")
    where = offset + at
    if not whole and not fraction:
        raise LanguageError(f"expected a number at {_shown(text[at:])!r}; a duration is such as 30s or 1h30m", where)
    if not unit:
        raise LanguageError(f"{whole}{dot}{fraction} has no unit: say {whole or 0}s for seconds", where)
    if unit not in UNITS:
        raise LanguageError(f"{_shown(unit)!r} is no unit; there are h, m, s, ms, us and ns, and no days", where)
    if len(whole.lstrip("0")) > _DIGITS:
        raise LanguageError("longer than a duration can be (292 years)", where)
    # Go, too, reads no more digits of a fraction than fit a 64-bit number.
    digits = fraction[:18]
    amount = int(whole or 0) * UNITS[unit] + int(digits or 0) * UNITS[unit] // 10 ** len(digits)
    return amount, match.end() - at


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
