"""
What an object says, as a number: the sha256 of its canonical spec.

Canonical is one text for one meaning: keys sorted, no blanks, whole numbers without a fraction, text as UTF-8. Two
objects with the same digest run the same.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from admission.model.document import Document, mapping

#: From here on JSON's numbers are floating ones only.
_LARGEST = 2**63


def canonical(value: Any) -> bytes:
    """*value* as canonical JSON."""
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def digest(document: Document) -> str:
    """The digest of the spec of *document*: ``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(canonical(mapping(document.get('spec')))).hexdigest()}"


def _plain(value: Any) -> Any:
    """*value* with whole numbers as such, whatever their notation: the API server keeps 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST else value
