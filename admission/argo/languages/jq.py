"""
The outermost of jq's grammar: brackets that match and texts that are closed.

Filters are not parsed further: whoever wants certainty has jq itself. What is refused here, jq refuses, too.
"""

from __future__ import annotations

import re

from admission.argo.languages import MAX_DEPTH
from admission.errors import LanguageError

PAIRS = {")": "(", "]": "[", "}": "{"}

#: A comment, or what can change the depth; the rest is passed over.
_PART = re.compile(r"#[^\n]*|[\"()\[\]{}]")
_TEXT = re.compile(r"[^\"\\]*")


def check(text: str) -> None:
    """Refuses a filter that jq cannot read for certain."""
    if not text.strip():
        raise LanguageError("the filter is empty")
    open_ones: list[tuple[str, int]] = []
    at = 0
    while match := _PART.search(text, at):
        at, char = match.end(), match[0]
        if char == '"':
            at = _after_text(text, match.start(), open_ones)
        elif char in PAIRS:
            # A text that was left for the expression in it goes on after its parenthesis.
            if not open_ones or open_ones[-1][0] not in (PAIRS[char], '"' if char == ")" else ""):
                raise LanguageError(f"{char!r} closes nothing", match.start())
            if open_ones.pop()[0] == '"':
                at = _after_text(text, match.start(), open_ones)
        elif char[0] != "#":
            open_ones.append((char, match.start()))
        if len(open_ones) > MAX_DEPTH:
            raise LanguageError("the filter nests too deeply", match.start())
    if open_ones:
        raise LanguageError(f"{open_ones[-1][0]!r} is not closed", open_ones[-1][1])


def _after_text(text: str, start: int, open_ones: list[tuple[str, int]]) -> int:
    """Where a text ends, or where an expression in it begins: that is noted in *open_ones*."""
    at = start + 1
    while True:
        plain = _TEXT.match(text, at)
        at = plain.end() if plain else at
        if at >= len(text):
            raise LanguageError("the text is not closed", start)
        if text[at] == '"':
            return at + 1
        if text[at + 1 : at + 2] == "(":
            open_ones.append(('"', start))
            return at + 2
        at += 2
