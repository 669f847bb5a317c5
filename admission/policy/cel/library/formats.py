"""
Named formats: ``!format.dns1123Label().validate(object.name).hasValue()``.

``validate`` and ``named`` give optionals, which no function of ours can: ``rewrite.py`` writes them by others.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from admission.policy.cel.library import urls
from admission.policy.cel.library.function import Function, function, joined, method, opaque, value_of

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_NAME = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)\Z", re.ASCII)


def _pattern(pattern: str, longest: int, what: str, text: str) -> list[str]:
    """What is wrong with *text*, which should be of that form."""
    problems = [] if len(text.encode()) <= longest else [f"must be no more than {longest} bytes"]
    return problems if re.fullmatch(pattern, text, re.ASCII) else [*problems, f"must be {what}"]


def _prefix(pattern: str, longest: int, what: str, text: str) -> list[str]:
    """The same of what comes before a name that is still to be made: it may end with a hyphen."""
    return _pattern(pattern, longest, what, f"{text[:-1]}a" if len(text) > 1 and text.endswith("-") else text)


def _qualified(text: str) -> list[str]:
    prefix, slash, name = text.rpartition("/")
    problems = _pattern(_SUBDOMAIN, 253, "a DNS subdomain before the slash", prefix) if slash else []
    return problems + _pattern(_NAME, 63, "a name of letters, digits, '-', '_' and '.'", name)


def _uri(text: str) -> list[str]:
    return [] if urls._is_url(text) else ["must be a URI"]


def _byte(text: str) -> list[str]:
    if not text:
        return ["must be base64, and not empty"]
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return ["must be base64"]
    return []


def _date(text: str) -> list[str]:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            date.fromisoformat(text)
            return []
    except ValueError:
        pass
    return ["must be a date such as 2026-01-31"]


def _datetime(text: str) -> list[str]:
    try:
        if _DATETIME.match(text):
            datetime.fromisoformat(text.upper())
            return []
    except ValueError:
        pass
    return ["must be a time such as 2026-01-31T12:00:00Z"]


_UUID = r"(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"

_FORMATS: dict[str, Callable[[str], list[str]]] = {
    "dns1123Label": partial(_pattern, _LABEL, 63, "a DNS label (RFC 1123)"),
    "dns1123Subdomain": partial(_pattern, _SUBDOMAIN, 253, "a DNS subdomain (RFC 1123)"),
    "dns1035Label": partial(_pattern, _LABEL_1035, 63, "a DNS label (RFC 1035)"),
    "qualifiedName": _qualified,
    "dns1123LabelPrefix": partial(_prefix, _LABEL, 63, "the beginning of a DNS label (RFC 1123)"),
    "dns1123SubdomainPrefix": partial(_prefix, _SUBDOMAIN, 253, "the beginning of a DNS subdomain (RFC 1123)"),
    "dns1035LabelPrefix": partial(_prefix, _LABEL_1035, 63, "the beginning of a DNS label (RFC 1035)"),
    "labelValue": partial(_pattern, rf"({_NAME})?", 63, "a value of a label"),
    "uri": _uri,
    "uuid": partial(_pattern, _UUID, 64, "a UUID"),
    "byte": _byte,
    "date": _date,
    "datetime": _datetime,
}

#: What ``rewrite.py`` puts in the place of ``validate`` and ``format.named``; it makes their results optional.
VALIDATE, NAMED = "validate_", "format_named_"


def _named(name: str) -> dict[str, Any]:
    return opaque("Format", name) if name in _FORMATS else {}


def _validate(value: Any, text: str) -> list[str]:
    return _FORMATS[value_of("Format", value)](text)


def _constant(name: str) -> Function:
    return function(f"format.{name}", "", "opaque", lambda: opaque("Format", name))


FUNCTIONS = joined(
    (
        *map(_constant, _FORMATS),
        function(NAMED, "string", "opaque", _named),
        method(VALIDATE, "opaque string", "list", _validate),
    )
)
