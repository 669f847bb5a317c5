"""
JSONPath as kubectl reads it: text with actions in braces, ``{.status.conditions[?(@.type=="Ready")].status}``.

Text outside the braces is given out as it is, so that a path without braces gives itself: see :attr:`JSONPath.actions`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from admission.argo.languages import MAX_DEPTH
from admission.errors import LanguageError

_NUMBER = re.compile(r"[+-]?[\d.]*")
_VALID_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\Z")
#: A field or keyword ends before one of these.
_FIELD = re.compile(r"(?:\\.|[^\\ \t\r\n.,\[\]$@{}])*", re.DOTALL)
_KEYWORD = re.compile(r"[^ \t\r\n.,\[\]$@{}]*")
_KEY = re.compile(r"'[^']*'\Z")
_INDEX = re.compile(r"-?\d*(?::-?\d*){0,2}\Z")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)\Z")
_ESCAPE = re.compile(r"\\(?:[abfnrtv\\]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
MAX_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class JSONPath:
    """A path; *actions* are the places of what stands in braces."""

    actions: tuple[tuple[int, int], ...]


def parse(text: str) -> JSONPath:
    """*text* as a JSONPath template."""
    if len(text) > MAX_LENGTH:
        raise LanguageError(f"the path is longer than {MAX_LENGTH} characters")
    actions = []
    at = 0
    while (start := text.find("{", at)) >= 0:
        at = _Action(text, start + 1, 0).end()
        actions.append((start, at))
    return JSONPath(tuple(actions))


class _Action:
    """What stands in braces, read up to the closing one."""

    def __init__(self, text: str, at: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LanguageError("the path nests too deeply", at)
        self.text = text
        self.at = at
        self.depth = depth
        self.descended = False

    def end(self) -> int:
        while not self.text.startswith("}", self.at):
            self.step()
        return self.at + 1

    def step(self) -> None:
        """Reads one part of the path."""
        char = self.text[self.at : self.at + 1]
        if self.text.startswith("[?(", self.at):
            self.filter()
        elif self.text.startswith("..", self.at):
            self.descend()
            return
        elif char == "[":
            self.index()
        elif char in ("'", '"'):
            self.quoted(char)
        elif char in (" ", "@", "$") and char:
            self.at += 1
            return
        elif char == ".":
            self.field(self.at + 1)
        else:
            self.word(char)
        self.descended = False

    def descend(self) -> None:
        if self.descended:
            raise LanguageError("a path does not descend twice at once", self.at)
        self.at += 2
        self.descended = True
        char = self.text[self.at : self.at + 1]
        if char == "_" or char.isalpha() or char.isdecimal():
            self.field(self.at)
            self.descended = False

    def field(self, at: int) -> None:
        match = _FIELD.match(self.text, at)
        self.at = match.end() if match else at

    def word(self, char: str) -> None:
        """A number or a keyword."""
        if char in ("", "\n", "\r"):
            raise LanguageError("a brace is not closed", self.at)
        if char in "+-" or char.isdecimal():
            match = _NUMBER.match(self.text, self.at)
            if not match or not _VALID_NUMBER.match(match[0]):
                raise LanguageError("this is no number", self.at)
        elif char == "_" or char.isalpha():
            match = _KEYWORD.match(self.text, self.at)
        else:
            raise LanguageError(f"{char!r} means nothing here", self.at)
        self.at = match.end() if match else self.at + 1

    def line(self, stop: str, problem: str) -> int:
        """Where *stop* stands, in the same line."""
        end = self.text.find(stop, self.at + 1)
        if end < 0 or "\n" in self.text[self.at : end]:
            raise LanguageError(problem, self.at)
        return end

    def index(self) -> None:
        end = self.line("]", "a bracket is not closed")
        for part in self.text[self.at + 1 : end].split(","):
            self.entry(part.strip(" ") if "," in self.text[self.at : end] else part)
        self.at = end + 1

    def entry(self, part: str) -> None:
        """One entry between brackets: a key in quotes, an index, a slice, or everything."""
        if part != "*" and not _KEY.match(part) and not _INDEX.match(part):
            raise LanguageError(f"{part[:40]!r} is no index: use a number, a slice, or 'a key'", self.at)
        if _KEY.match(part):
            _inner(f".{part[1:-1]}", self.at, self.depth)
        elif part != "*" and any(number == "-" or len(number) > 18 for number in part.split(":")):
            raise LanguageError(f"{part[:40]!r} is no number", self.at)

    def quoted(self, quote: str) -> None:
        start, at = self.at, self.at + 1
        while self.text[at : at + 1] != quote:
            if self.text[at : at + 1] in ("", "\n"):
                raise LanguageError("a quote is not closed", start)
            if self.text[at] == "\\":
                match = _ESCAPE.match(self.text, at)
                if not match and self.text[at + 1 : at + 2] != quote:
                    raise LanguageError("there is no such escape", at)
                at = match.end() if match else at + 2
            else:
                at += 1
        self.at = at + 1

    def filter(self) -> None:
        start = self.at
        end = self.closing(start + 3)
        if self.text[end + 1 : end + 2] != "]":
            raise LanguageError("the filter is not closed by )]", start)
        condition = self.text[start + 3 : end]
        match = _COMPARISON.match(condition)
        for side in (match[1], match[3]) if match else (condition,):
            _inner(side, start, self.depth)
        self.at = end + 2

    def closing(self, at: int) -> int:
        """Where the filter's parenthesis closes: not within the one quoted text that a filter has."""
        quote, closed = "", False
        while at < len(self.text) and self.text[at] != "\n":
            char = self.text[at]
            if char in "'\"":
                closed = closed or (char == quote and self.text[at - 1] != "\\")
                quote = quote or char
            elif char == ")" and bool(quote) == closed:
                return at
            at += 1
        raise LanguageError("the filter is not closed", self.at)


def _inner(text: str, at: int, depth: int) -> None:
    """Reads a path within a path; what is wrong with it is wrong at *at*."""
    try:
        _Action(text + "}", 0, depth + 1).end()
    except LanguageError as error:
        raise LanguageError(str(error), at) from None
