"""The words of an expression (expr-lang): names, numbers, texts, operators and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from admission.errors import LanguageError

NAME, NUMBER, STRING, OPERATOR, BRACKET, END = "name", "number", "string", "operator", "bracket", "end"

#: Names that are operators.
WORDS = frozenset({"not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"})
#: Operators that ``not`` may stand before: ``x not in y``.
NEGATABLE = frozenset({"in", "matches", "contains", "startsWith", "endsWith"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word: *value* is what a text or a number says, else the word itself."""

    kind: str
    value: str | int | float
    start: int
    end: int


_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(
    r"(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9][0-9_]*|(?=\.[0-9]))(?:\.(?!\.)[0-9_]*)?(?:[eE][+-]?[0-9_]*)?"
)
_OPERATOR = re.compile(r"\?[.?]?|/|\|\|?|::?|[,;%+^-]|[&!=*<>][&=*]?|\.\.?|##?")
_QUOTED = {quote: re.compile(rf"[^{quote}\\\n]*") for quote in "'\""}
_ESCAPE = re.compile(
    r"\\(?:[abfnrtv\\]|[0-7]{3}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_INTEGERS = {"0x": 16, "0o": 8, "0b": 2}


def scan(text: str) -> list[Token]:
    """The words of *text*; the last is the end."""
    found: list[Token] = []
    at = 0
    while (at := _skip(text, at)) < len(text):
        token = _reader(text, at)(text, at)
        found.append(token)
        at = token.end
    found.append(Token(END, "", len(text), len(text)))
    return found


def is_name_part(char: str) -> bool:
    """Whether a name may have *char* in it, a digit only after its beginning."""
    return char in "_$" or char.isalpha() or char.isdecimal()


def _reader(text: str, at: int) -> Callable[[str, int], Token]:
    char = text[at]
    if char in "'\"":
        return _quoted
    if char == "`":
        return _raw
    if "0" <= char <= "9" or (char == "." and "0" <= text[at + 1 : at + 2] <= "9"):
        return _number
    if char in "()[]{}":
        return lambda text, at: Token(BRACKET, text[at], at, at + 1)
    if is_name_part(char):
        return _name
    return _operator


def _skip(text: str, at: int) -> int:
    """Where the next word begins, after space and comments."""
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
        elif text.startswith("//", at):
            stop = text.find("\n", at)
            at = len(text) if stop < 0 else stop + 1
        elif text.startswith("/*", at):
            stop = text.find("*/", at + 2)
            if stop < 0:
                raise LanguageError("the comment is not closed", at)
            at = stop + 2
        else:
            break
    return at


def _name(text: str, at: int) -> Token:
    end = at
    while end < len(text) and is_name_part(text[end]):
        end += 1
    word = text[at:end]
    return Token(OPERATOR if word in WORDS else NAME, word, at, end)


def _operator(text: str, at: int) -> Token:
    match = _OPERATOR.match(text, at)
    if not match:
        raise LanguageError(f"{text[at]!r} means nothing here", at)
    return Token(OPERATOR, match[0], at, match.end())


def _number(text: str, at: int) -> Token:
    match = _NUMBER.match(text, at)
    end = match.end() if match else at
    if end < len(text) and is_name_part(text[end]):
        raise LanguageError("a number is followed by a letter: names do not begin with a digit", at)
    return Token(NUMBER, _value(text[at:end].replace("_", "").lower(), at), at, end)


def _value(digits: str, at: int) -> int | float:
    try:
        if digits[:2] in _INTEGERS:
            number = int(digits[2:], _INTEGERS[digits[:2]]) if len(digits) < 100 else 2**64
        elif "." in digits or "e" in digits:
            return _float(digits, at)
        else:
            number = int(digits) if len(digits) < 100 else 2**64
    except ValueError:
        raise LanguageError(f"{digits[:40]!r} is not a number", at) from None
    if number > 2**63 - 1:
        raise LanguageError("the number is too large", at)
    return number


def _float(digits: str, at: int) -> float:
    value = float(digits[:1000])
    if value == float("inf"):
        raise LanguageError("the number is too large", at)
    return value


def _quoted(text: str, at: int) -> Token:
    """A text between quotes, with escapes."""
    quote = text[at]
    parts: list[str] = []
    place = at + 1
    while True:
        plain = _QUOTED[quote].match(text, place)
        assert plain, "the pattern may be empty"
        parts.append(plain[0])
        place = plain.end()
        if text[place : place + 1] == quote:
            return Token(STRING, "".join(parts), at, place + 1)
        if text[place : place + 1] != "\\":
            raise LanguageError("the text is not closed", at)
        said, place = _escape(text, place, quote)
        parts.append(said)


def _escape(text: str, at: int, quote: str) -> tuple[str, int]:
    """What an escape says, and where it ends."""
    if text[at + 1 : at + 2] == quote:
        return quote, at + 2
    match = _ESCAPE.match(text, at)
    if not match:
        raise LanguageError("there is no such escape; a backslash itself is written twice", at)
    letter, digits = match[0][1], match[0][2:].strip("{}")
    if letter in _SIMPLE:
        return _SIMPLE[letter], match.end()
    code = int(match[0][1:], 8) if letter.isdigit() else int(digits, 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or (letter.isdigit() and code > 255):
        raise LanguageError("there is no such character", at)
    return chr(code), match.end()


def _raw(text: str, at: int) -> Token:
    """A text between backticks: no escapes, a backtick is written twice."""
    place = at + 1
    while (place := text.find("`", place)) >= 0:
        if text[place + 1 : place + 2] != "`":
            return Token(STRING, text[at + 1 : place].replace("``", "`"), at, place + 1)
        place += 2
    raise LanguageError("the text is not closed", at)
