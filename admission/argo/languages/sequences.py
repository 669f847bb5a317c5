"""What a loop expands to: ``withSequence`` and its bounds, and the lists of ``withItems`` and ``withParam``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from admission.argo.languages.tags import OPEN
from admission.errors import LanguageError
from admission.model.document import Document

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
#: What ``format`` may hold for the number: a verb of Go's fmt that takes an integer. ``%%`` is a percent sign.
_VERBS = re.compile(r"%(?:%|[-+# 0]*[0-9]*(?:\.[0-9]+)?([a-zA-Z]?))")
_NUMBER_VERBS = frozenset("bcdoOqxXUv")


@dataclass(frozen=True, slots=True)
class Sequence:
    """The numbers from *start* to *end*, downwards where that is smaller; *size* is how many they are."""

    start: int
    end: int
    size: int


def bound(value: object) -> int | None:
    """A bound of a sequence: an integer, or a text of one; ``None`` where a tag stands in it."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise LanguageError("a bound of a sequence is an integer")
    if isinstance(value, int):
        return value
    if OPEN in value:
        return None
    if not _INTEGER.match(value):
        raise LanguageError(f"{value[:40]!r} is not an integer")
    return int(value)


def sequence(fields: Document) -> Sequence | None:
    """The sequence that ``withSequence`` asks for; ``None`` where that depends on a tag."""
    count, last = fields.get("count"), fields.get("end")
    if count is None and last is None:
        raise LanguageError("a sequence needs a count or an end")
    start = 0 if fields.get("start") is None else bound(fields["start"])
    limit = bound(last if count is None else count)
    if start is None or limit is None:
        return None
    if count is None:
        return Sequence(start, limit, abs(limit - start) + 1)
    return Sequence(start, start + limit - 1, max(limit, 0))


def check_format(text: str) -> None:
    """Refuses a ``format`` that does not give a text for a number."""
    if "%" not in text:
        raise LanguageError(f"{text[:40]!r} has no %d: every item would carry Go's complaint about that")
    verbs = [match for match in _VERBS.finditer(text) if match[0] != "%%"]
    for match in verbs:
        if match[1] not in _NUMBER_VERBS or not match[1]:
            raise LanguageError(f"{match[0]!r} does not write an integer: use %d, %03d or %x", match.start())
    if len(verbs) != 1:
        raise LanguageError(f"the format writes {len(verbs)} numbers, and there is one")
    if '"' in text or "\\" in text:
        raise LanguageError("quotes and backslashes make items that are no JSON", max(text.find('"'), 0))


def items(text: str) -> list[Any]:
    """The items of a ``withParam`` that is written out: a JSON list."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise LanguageError('not a JSON list, such as ["a", "b"]') from None
    if not isinstance(found, list):
        raise LanguageError("a JSON value, but not a list")
    return found
