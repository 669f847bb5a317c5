"""Versions: ``semver('1.2.3')``, and the comparisons that versions and quantities share."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

from admission.policy.cel.library.function import Function, function, is_a, joined, method, opaque, value_of

_NUMBER = r"(0|[1-9][0-9]*)"
_PART = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_PART}(?:\.{_PART})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z", re.ASCII
)

#: Numbers of a version are 64 bits wide (blang/semver).
_MOST = 2**64


@lru_cache(maxsize=1024)
def _read(text: str) -> str:
    """*text* without its build, which says nothing of the order. ``ValueError`` where it is no version."""
    found = _VERSION.match(text) if len(text) <= 1024 else None
    if found is None or any(int(part) >= _MOST for part in found.groups()[:3]):
        raise ValueError("not a semantic version")
    return text.partition("+")[0]


def _semver(text: str, normalize: bool = False) -> dict[str, Any]:
    return opaque("Semver", _read(_normal(text) if normalize else text))


def _is_semver(text: str, normalize: bool = False) -> bool:
    try:
        _semver(text, normalize)
    except ValueError:
        return False
    return True


def _normal(text: str) -> str:
    """*text* without a ``v`` before it, with three numbers, none with zeros before it."""
    text = text.removeprefix("v")
    end = next((index for index, letter in enumerate(text) if letter in "-+"), len(text))
    parts = [part.lstrip("0") or ("0" if part else "") for part in text[:end].split(".")]
    return ".".join([*parts, *["0"] * (3 - len(parts))]) + text[end:]


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(map(int, value_of("Semver", value).partition("-")[0].split(".")))


def _order(value: Any) -> tuple[Any, ...]:
    """By what a version is ordered: one with a hyphen comes before the same without."""
    before = value_of("Semver", value).partition("-")[2]
    parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in before.split(".") if part)
    return (*_numbers(value), not before, parts)


def compared(one: Any, other: Any) -> int:
    """-1, 0 or 1: two quantities, or two versions."""
    if is_a("Semver", one):
        mine, theirs = _order(one), _order(other)
        return (mine > theirs) - (mine < theirs)
    left, right = Fraction(value_of("Quantity", one)), Fraction(value_of("Quantity", other))
    return (left > right) - (left < right)


def _comparisons() -> tuple[Function, ...]:
    return (
        method("compareTo", "opaque opaque", "int", compared),
        method("isLessThan", "opaque opaque", "bool", lambda one, other: compared(one, other) < 0),
        method("isGreaterThan", "opaque opaque", "bool", lambda one, other: compared(one, other) > 0),
    )


FUNCTIONS = joined(
    (
        function("semver", "string", "opaque", _semver),
        function("semver", "string bool", "opaque", _semver),
        function("isSemver", "string", "bool", _is_semver),
        function("isSemver", "string bool", "bool", _is_semver),
        method("major", "opaque", "int", lambda value: _numbers(value)[0]),
        method("minor", "opaque", "int", lambda value: _numbers(value)[1]),
        method("patch", "opaque", "int", lambda value: _numbers(value)[2]),
        *_comparisons(),
    )
)
