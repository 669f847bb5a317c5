"""
What a plain word of YAML is worth to Kubernetes: the resolver of go-yaml v2, and what JSON makes of its values.

kubectl turns YAML into JSON by ``sigs.k8s.io/yaml``, whose resolver is neither that of YAML 1.1 nor of YAML 1.2: ``on``
is true, ``010`` is eight, ``08`` is eight as well, and ``12:30:45`` and dates are texts.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from admission.errors import MalformedSource

Scalar: TypeAlias = str | int | float | bool | None

_CORE = "tag:yaml.org,2002:"

#: Words that are something else than themselves.
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}

_NUMERIC = frozenset("+-.0123456789")

_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))\Z"
)
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}

#: After a point go-yaml leaves the word to Go's ``ParseFloat``, which takes a ``_`` between two digits.
_FRACTION = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

#: Go's ``ParseInt`` and ``ParseUint`` of 64 bits.
_SMALLEST, _LARGEST, _LARGEST_UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1


def plain(word: str) -> Scalar:
    """The value of *word*, which stands there without quotes and without a tag."""
    if word in _WORDS:
        return _WORDS[word]
    if word[0] in _NUMERIC:
        return _number(word)
    return word


def tagged(word: str, tag: str) -> Scalar:
    """The value of *word* under *tag*; ``MalformedSource`` where it is none of that type."""
    name = tag.removeprefix(_CORE)
    if name == "binary":
        return _decoded(word)
    if tag == name or name not in _TYPES:
        return word
    value = plain(word)
    if name == "float" and type(value) is int:
        return float(value)
    if not _TYPES[name](value):
        raise MalformedSource(f"cannot read {word[:40]!r} as {name}")
    return value


_TYPES: dict[str, Callable[[Scalar], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: type(value) is int,
    "float": lambda value: isinstance(value, float),
    "null": lambda value: value is None,
}


def as_json(value: Scalar) -> Scalar:
    """*value* once it has been JSON: ``3.0`` is 3; ``MalformedSource`` for what JSON cannot write."""
    if type(value) is not float:
        return value
    if not math.isfinite(value):
        raise MalformedSource(f"{value} cannot be written as JSON")
    return int(value) if value.is_integer() and abs(value) < _LARGEST else value


def as_key(value: Scalar) -> str:
    """*value* as the name of a field; ``MalformedSource`` for what cannot be one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value <= _LARGEST:
        return str(value)
    if isinstance(value, float):
        return go_float(value, _single)
    raise MalformedSource("null cannot be a key" if value is None else f"{value} is too large for a key")


def _number(word: str) -> Scalar:
    if word[0] == ".":
        fraction = _float(word) if _FRACTION.match(word) else None
        return word if fraction is None else fraction
    digits = word.replace("_", "")
    integer = _integer(digits)
    if integer is not None:
        return integer
    number = _float(digits) if _FLOAT.match(digits) else None
    return word if number is None else number


def _integer(word: str) -> int | None:
    found = _INTEGER.match(word)
    if not found:
        return None
    base = next(name for name in _BASES if found[name] is not None)
    value = int(found["sign"] + found[base], _BASES[base])
    largest = _LARGEST if found["sign"] else _LARGEST_UNSIGNED
    return value if _SMALLEST <= value <= largest else None


def _float(digits: str) -> float | None:
    """The number; None where it is too large for one, which leaves it a text."""
    value = float(digits)
    return value if math.isfinite(value) else None


def _decoded(word: str) -> str:
    try:
        return base64.b64decode(word.replace("\r", "").replace("\n", ""), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise MalformedSource("not base64, which !!binary asks for") from error


def go_float(value: float, precise: Callable[[float], float] = float) -> str:
    """
    *value* as Go's ``strconv.FormatFloat(value, 'g', -1, 64)`` writes it.

    With ``_single`` for *precise* as with 32 bits, which sigs.k8s.io/yaml does with keys.
    """
    value = precise(value)
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    shortest = next(text for text in (f"{value:.{digits}e}" for digits in range(17)) if precise(float(text)) == value)
    exponent = int(shortest.partition("e")[2])
    return f"{Decimal(shortest):f}" if -4 <= exponent < 6 else shortest


def _single(value: float) -> float:
    """*value* with the precision of 32 bits."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)
