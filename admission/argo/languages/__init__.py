"""
The little languages of a manifest: pure parsers, each with the positions of what it found.

Every parser is linear or nearly so in the length of its text, never evaluates anything, and ends in a
:class:`~admission.errors.LanguageError` where the text is not of its language.
"""

from __future__ import annotations

from admission.errors import LanguageError

__all__ = ["GO_SPACE", "MAX_DEPTH", "LanguageError"]

#: How deep a text may nest before it is refused: deeper than any author writes, shallower than Python's own limit.
MAX_DEPTH = 200

#: What Go's ``strings.TrimSpace`` trims (Unicode's White_Space); Python's ``strip()`` takes four control characters more.
GO_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
