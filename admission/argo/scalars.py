"""Scalar values as Argo's decoder takes them: what is wrong with one, and what to write instead."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from admission.argo.languages import GO_SPACE, LanguageError, quantities

#: What Go trims off a quantity before it reads it: it does so in the JSON text, in which line breaks are escapes.
_TRIMMED = "".join(char for char in GO_SPACE if char >= " " and char not in "\u2028\u2029")

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,]\d+)?(?:Z|[+-]([01]\d|2[0-3]):([0-5]\d))\Z", re.ASCII)


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else f"write a text here{_quoted(value)}"


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return f', in quotes: "{str(value).lower()}"'
    return f', in quotes: "{value}"' if isinstance(value, int | float) and len(str(value)) < 30 else ""


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else f"write true or false here{_unquoted(value, ('true', 'false'))}"


def _unquoted(value: Any, wanted: tuple[str, ...]) -> str:
    return ", without quotes" if isinstance(value, str) and value in wanted else ""


def _integer(bits: int) -> Callable[[Any], str]:
    limit = 2 ** (bits - 1)

    def problem(value: Any) -> str:
        # 2.0 of a YAML file is 2 by now, as on its way through kubectl; as JSON Argo does not take it.
        if isinstance(value, bool) or not isinstance(value, int):
            return f"write a whole number here{', without quotes' if _is_digits(value) else ''}"
        return "" if -limit <= value < limit else f"write a whole number of at most {bits} bits here"

    return problem


def _is_digits(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit()


_int32 = _integer(32)


def _number(value: Any) -> str:
    return "" if isinstance(value, int | float) and not isinstance(value, bool) else "write a number here"


def _integer_or_text(value: Any) -> str:
    return "" if isinstance(value, str) or not _int32(value) else "write a whole number or a text here"


def _quantity(value: Any) -> str:
    if not isinstance(value, str) and (not isinstance(value, int | float) or isinstance(value, bool)):
        return "write a quantity here, such as 500m or 1Gi"
    try:
        quantities.parse(value.strip(_TRIMMED) if isinstance(value, str) else value)
    except LanguageError as error:
        tagged = isinstance(value, str) and "{{" in value
        return "write a fixed quantity here: tags are only filled in after it is read" if tagged else str(error)
    return ""


def _time(value: Any) -> str:
    match = _RFC3339.match(value) if isinstance(value, str) else None
    try:
        if match and datetime.fromisoformat(f"{match[1]}T{match[2]}"):
            return ""
    except ValueError:
        pass
    return "write a time here, such as 2006-01-02T15:04:05Z"


def _bytes(value: Any) -> str:
    try:
        if isinstance(value, str):
            base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True)
            return ""
    except (binascii.Error, ValueError):
        pass
    return "write bytes in base64 here"


def _one_key(value: Any) -> str:
    return "" if isinstance(value, dict) else "write an object here"


def _anything(value: Any) -> str:
    return ""


#: What is wrong with a value that is not null, by the name of the scalar.
PROBLEMS: dict[str, Callable[[Any], str]] = {
    "str": _text,
    "bool": _flag,
    "int32": _int32,
    "int64": _integer(64),
    "number": _number,
    "intstr": _integer_or_text,
    "quantity": _quantity,
    "time": _time,
    "bytes": _bytes,
    "anystr": _anything,
    "raw": _anything,
    "plugin": _one_key,
}
