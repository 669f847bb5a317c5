"""
The little languages of a manifest: pure parsers, each with the positions of what it found.

Every parser is linear or nearly so in the length of its text, never evaluates anything, and ends in a
:class:`~admission.errors.LanguageError` where the text is not of its language.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from admission.errors import LanguageError

__all__ = ["GO_SPACE", "MAX_DEPTH", "LanguageError", "remembered"]

#: How deep a text may nest before it is refused: deeper than any author writes, shallower than Python's own stack.
MAX_DEPTH = 100

#: What Go's ``strings.TrimSpace`` trims (Unicode's White_Space); Python's ``strip()`` takes four characters more.
GO_SPACE = "".join(char for char in map(chr, range(0x3001)) if char.isspace() and char not in "\x1c\x1d\x1e\x1f")

#: Texts up to this length are remembered: what strangers send must not fill the memory.
_REMEMBERED = 500

T = TypeVar("T")


def remembered(parse: Callable[[str], T]) -> Callable[[str], T]:
    """A parser that remembers what it made of the short texts that it was given last."""
    kept = lru_cache(maxsize=8192)(parse)

    @wraps(parse)
    def parsed(text: str) -> T:
        return kept(text) if len(text) <= _REMEMBERED else parse(text)

    return parsed
