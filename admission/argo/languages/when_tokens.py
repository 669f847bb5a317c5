"""The words of ``when`` (govaluate): numbers, texts, bare words, and runs of symbols that must be one operator."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from admission.argo.languages.tags import tags
from admission.argo.languages.when_values import ANY, Value
from admission.errors import LanguageError

NUMERIC, BOOLEAN, STRING, TIME, ACCESSOR = "a number", "true or false", "a text", "a time", "a dotted word"
OPEN, CLOSE, SEPARATOR = "(", ")", ","
PREFIX, MODIFIER, COMPARATOR, LOGICAL, TERNARY = "a sign", "an operator", "a comparison", "&& or ||", "?, : or ??"

PREFIXES = frozenset({"-", "!", "~"})
SYMBOLS = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "**", "&", "|", "^", ">>", "<<"), MODIFIER),
    **dict.fromkeys(("&&", "||"), LOGICAL),
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"), COMPARATOR),
    **dict.fromkeys(("?", ":", "??"), TERNARY),
}

_VALUES = (NUMERIC, BOOLEAN, STRING, TIME, ACCESSOR)
_OPERATORS = (MODIFIER, COMPARATOR, LOGICAL, CLOSE, TERNARY, SEPARATOR)
#: What may follow what; the empty text is the beginning.
FOLLOWS: dict[str, frozenset[str]] = {
    "": frozenset((PREFIX, OPEN, *_VALUES)),
    OPEN: frozenset((PREFIX, OPEN, CLOSE, *_VALUES)),
    CLOSE: frozenset((NUMERIC, BOOLEAN, STRING, TIME, OPEN, *_OPERATORS)),
    **dict.fromkeys((NUMERIC, BOOLEAN, STRING), frozenset(_OPERATORS)),
    TIME: frozenset((MODIFIER, COMPARATOR, LOGICAL, CLOSE, SEPARATOR)),
    ACCESSOR: frozenset((OPEN, *_OPERATORS)),
    MODIFIER: frozenset((PREFIX, NUMERIC, ACCESSOR, STRING, BOOLEAN, OPEN, CLOSE)),
    **dict.fromkeys((COMPARATOR, LOGICAL), frozenset((PREFIX, OPEN, CLOSE, *_VALUES))),
    TERNARY: frozenset((PREFIX, OPEN, SEPARATOR, *_VALUES)),
    PREFIX: frozenset((NUMERIC, BOOLEAN, ACCESSOR, OPEN, CLOSE)),
    SEPARATOR: frozenset((PREFIX, OPEN, *_VALUES)),
}
#: What nothing need follow.
LAST = frozenset((*_VALUES, CLOSE))

#: Quoted texts of these forms are times.
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:[+-]\d\d:\d\d)?)?)?\Z"
    r"|\d{4}-\d\d-\d\dT\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)\Z"
    r"|\d{1,2}:\d\d[AP]M\Z"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word; *filled* where a tag stands in it, so that only the run knows it."""

    kind: str
    value: Value
    start: int
    end: int
    filled: bool = False
    quoted: bool = False


def scan(text: str) -> list[Token]:
    """The words of *text*, in which every tag counts as a word of unknown value."""
    spans = [(tag.start, tag.end) for tag in tags(text)]
    return _Scanner(_without_tags(text, spans), spans).tokens()


def _without_tags(text: str, spans: list[tuple[int, int]]) -> str:
    """*text* with letters in the place of its tags, so that every position stays."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], "x" * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


class _Scanner:
    def __init__(self, text: str, spans: list[tuple[int, int]]) -> None:
        self.text = text
        self.spans = spans
        self.span = 0
        self.at = 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        previous = ""
        while self.skip_space():
            found.append(self.token(previous))
            previous = found[-1].kind
        return found

    def skip_space(self) -> bool:
        """Whether anything follows the space here."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def token(self, previous: str) -> Token:
        char, start = self.text[self.at], self.at
        kind, value = self.read(char, previous)
        filled = self.covers(start, self.at)
        return Token(kind, ANY if filled else value, start, self.at, filled, char in "'\"")

    def covers(self, start: int, end: int) -> bool:
        """Whether a tag stands between *start* and *end*; asked from left to right."""
        while self.span < len(self.spans) and self.spans[self.span][1] <= start:
            self.span += 1
        return self.span < len(self.spans) and self.spans[self.span][0] < end

    def read(self, char: str, previous: str) -> tuple[str, Value]:
        if char.isdecimal() or char == ".":
            return self.number()
        if char in ",()":
            self.at += 1
            return {",": SEPARATOR, "(": OPEN, ")": CLOSE}[char], None
        if char == "[":
            return STRING, self.enclosed("]", "the bracket is not closed")
        if char in "'\"":
            said = self.enclosed("'\"", "the text is not closed: a quote is missing")
            return (TIME, ANY) if _TIME.match(said) else (STRING, said)
        return self.word() if char.isalpha() else self.symbol(previous)

    def number(self) -> tuple[str, Value]:
        start = self.at
        if self.text.startswith("0x", start) and len(self.text) > start + 2:
            self.at += 2
            digits = self.run(lambda char: char in "0123456789abcdefABCDEF")
            value = self.converted(lambda: float(int(digits, 16)), start)
            return NUMERIC, value
        digits = self.run(lambda char: char.isdecimal() or char == ".")
        return NUMERIC, self.converted(lambda: float(digits[:400]), start)

    def converted(self, convert: Callable[[], float], start: int) -> float:
        try:
            return convert()
        except (ValueError, OverflowError):
            shown = self.text[start : start + 40]
            raise LanguageError(f"{shown!r} begins like a number but is none: set quotes", start) from None

    def word(self) -> tuple[str, Value]:
        start = self.at
        word = self.run(lambda char: char.isalpha() or char.isdecimal() or char in "_.")
        if word in ("true", "false"):
            return BOOLEAN, word == "true"
        if word in ("in", "IN"):
            return COMPARATOR, "in"
        if "." not in word[1:]:
            return STRING, word
        # Dots ask for fields, of which there are none here, and of which the language knows exported ones only.
        parts = word.split(".")
        if not self.covers(start, self.at) and any(part[:1] != part[:1].upper() or not part for part in parts[1:]):
            raise LanguageError(f"{word[:40]!r} reads as a field of an object, because of its dots: set quotes", start)
        return ACCESSOR, word

    def symbol(self, previous: str) -> tuple[str, Value]:
        start = self.at
        symbol = self.run(lambda char: not (char.isdecimal() or char.isalpha() or char in "()[]'\""))
        if symbol in PREFIXES and PREFIX in FOLLOWS[previous]:
            return PREFIX, symbol
        if symbol not in SYMBOLS:
            raise LanguageError(f"{symbol[:40]!r} is no operator: if it belongs to a value, set quotes", start)
        return SYMBOLS[symbol], symbol

    def enclosed(self, closing: str, problem: str) -> str:
        """What stands up to one of *closing*; a backslash takes the next character as it is."""
        start, parts = self.at, []
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] not in closing:
            parts.append(self.character())
        if self.at >= len(self.text):
            raise LanguageError(problem, start)
        self.at += 1
        return "".join(parts)

    def run(self, takes: Callable[[str], bool]) -> str:
        """The characters that *takes* takes, up to a space."""
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char != "\\" and (char.isspace() or not takes(char)):
                break
            parts.append(self.character())
        return "".join(parts)

    def character(self) -> str:
        if self.text[self.at] == "\\":
            self.at += 1
            if self.at == len(self.text):
                raise LanguageError("nothing follows the backslash", self.at - 1)
        self.at += 1
        return self.text[self.at - 1]
