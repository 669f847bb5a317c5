"""``find`` and ``findAll``, by RE2, as in Kubernetes: linear in the length of the text, whatever the expression is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from admission.policy.cel.library.function import joined, method

#: Bytes that a compiled expression may take, of which RE2 makes its tables.
_MEMORY = 8 << 20


#: Parts that ``findAll`` gives at most: as many as an evaluation may look at.
_LONGEST = 9_999


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error:
        raise ValueError("not a regular expression") from None


def is_one(pattern: str) -> bool:
    """Whether *pattern* is a regular expression."""
    try:
        _compiled(pattern)
    except ValueError:
        return False
    return True


def _find(text: str, pattern: str) -> str:
    found = _compiled(pattern).search(text)
    return found[0] if found else ""


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found: list[str] = []
    for match in _compiled(pattern).finditer(text):
        if 0 <= most <= len(found):
            break
        if len(found) >= _LONGEST:
            raise ValueError(f"findAll finds at most {_LONGEST} parts")
        found.append(match[0])
    return found


FUNCTIONS = joined(
    (
        method("find", "string string", "string", _find),
        method("findAll", "string string", "list", _find_all),
        method("findAll", "string string int", "list", _find_all),
    )
)
