"""
The little languages of a manifest: pure parsers, each with the positions of what it found.

Every parser is linear or nearly so in the length of its text, never evaluates anything, and ends in a
:class:`~admission.errors.LanguageError` where the text is not of its language.
"""

from __future__ import annotations

from admission.errors import LanguageError

__all__ = ["GO_SPACE", "MAX_DEPTH", "LanguageError"]

#: How deep a text may nest before it is refused: deeper than any author writes, shallower than Python's own stack.
MAX_DEPTH = 100

#: What Go's ``strings.TrimSpace`` trims (Unicode's White_Space); Python's ``strip()`` takes four characters more.
GO_SPACE = "".join(char for char in map(chr, range(0x3001)) if char.isspace() and char not in "\x1c\x1d\x1e\x1f")
