"""
Kubernetes resource quantities, exactly those that the API server's Go code takes: ``500m``, ``1.5Gi``, ``1e3``.

The value is exact (a Fraction), so that ``0.1`` and ``100m`` are equal, rounded away from zero to billionths, and
capped at 2^63-1 where the suffix is binary, as there. The official Python client is no measure: it takes what Go
refuses.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from admission.errors import LanguageError

SUFFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{suffix: Fraction(1000**power) for power, suffix in enumerate(["k", "M", "G", "T", "P", "E"], 1)},
    **{suffix: Fraction(1024**power) for power, suffix in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1)},
}

#: The largest value with a binary suffix; larger ones are capped.
MAX = 2**63 - 1
#: Values from here on are all equal to us: nobody has so much, and their digits are slow to compute.
_ABSURD = 1000
_NANO = 10**9

_QUANTITY = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)\Z")
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)\Z")


def parse(text: str | int | float) -> Fraction:
    """The value of a quantity, as a text or as the number of a JSON document."""
    # The same few stand in every container; long ones are nobody's and would only be kept.
    if isinstance(text, str):
        return _known(text) if len(text) <= 16 else _parsed(text)
    if isinstance(text, bool):
        raise LanguageError("a quantity is a number or a text such as 500m or 1Gi, not true or false")
    return _parsed(text)


@lru_cache(4096)
def _known(text: str) -> Fraction:
    return _parsed(text)


def _parsed(text: str | int | float) -> Fraction:
    written = text if isinstance(text, str) else format(text, "") if isinstance(text, int) else _number(text)
    match = _QUANTITY.match(written)
    if not written or not match:
        raise LanguageError(f"{_shown(written)!r} is no quantity: write a number and a suffix, such as 500m or 1Gi")
    sign, whole, fraction, suffix = match.groups(default="")
    scale, power = _scale(suffix, len(written) - len(suffix))
    if not whole and not fraction and (suffix in ("Pi", "Ei") or power < -9):
        # Without a digit, Go takes the other suffixes alone for 0.
        raise LanguageError(f"{_shown(written)!r} has no number")
    value = _value(whole.lstrip("0"), fraction, scale, power)
    if suffix.endswith("i"):
        value = min(value, Fraction(MAX))
    return -value if sign == "-" else value


def _scale(suffix: str, offset: int) -> tuple[Fraction, int]:
    """What *suffix* multiplies by: a factor and a power of ten."""
    if suffix in SUFFIXES:
        return SUFFIXES[suffix], 0
    match = _EXPONENT.match(suffix)
    if not match or len(match[1]) > 18:
        known = " ".join(known for known in SUFFIXES if known)
        raise LanguageError(f"{_shown(suffix)!r} is no suffix of a quantity; there are {known} and exponents", offset)
    # Go keeps 32 bits of an exponent.
    return Fraction(1), (int(match[1]) + 2**31) % 2**32 - 2**31


def _value(whole: str, fraction: str, scale: Fraction, power: int) -> Fraction:
    """The value, rounded up to billionths; the powers of absurd exponents are never computed."""
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return Fraction(0)
    magnitude = len(digits) - len(fraction) + power
    if magnitude > _ABSURD:
        return Fraction(10**_ABSURD)
    if magnitude < -_ABSURD:
        return Fraction(1, _NANO)
    # What follows so many digits can only round the value up.
    kept = digits[: 2 * _ABSURD] + ("1" if digits[2 * _ABSURD :].strip("0") else "")
    exact = Fraction(int(kept)) * Fraction(10) ** (magnitude - min(len(kept), len(digits))) * scale
    return Fraction(-(-exact * _NANO // 1), _NANO)


def _number(value: float) -> str:
    """A JSON number as the API server writes it back: without an exponent where it is whole."""
    return str(int(value)) if value == value and abs(value) < 1e21 and value == int(value) else repr(value)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
