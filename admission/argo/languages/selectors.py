"""
Label selectors, as text (``status.phase in (Succeeded, Failed), !x``) and as documents, and the grammar of labels.

The conditions of resource templates are such texts, too, in which the paths of fields stand for labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from admission.errors import LanguageError
from admission.model.document import Document, mapping, sequence

_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
_DOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_WORD = re.compile(r"[^\s!(),=<>]+")
_OPERATOR = re.compile(r"==|!=|[!(),=<>]")
_SPACE = re.compile(r"[ \t\r\n]*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}\Z")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition: *operator* is ``=``, ``==``, ``!=``, ``in``, ``notin``, ``exists``, ``!``, ``>`` or ``<``."""

    key: str
    operator: str
    values: tuple[str, ...]
    start: int


def problem_of_key(key: str) -> str:
    """Why *key* is no label key; the empty text where it is one."""
    prefix, slash, name = key.rpartition("/")
    if slash and (not prefix or len(prefix) > 253 or not _DOMAIN.match(prefix)):
        return f"{_shown(prefix)!r} before the slash is no DNS name"
    if not name or len(name) > 63 or not _NAME.match(name):
        return "a label's name has 1 to 63 letters, digits, '-', '_' and '.', first and last a letter or digit"
    return ""


def problem_of_value(value: str) -> str:
    """Why *value* is no label value; the empty text where it is one."""
    if value and (len(value) > 63 or not _NAME.match(value)):
        return "a label's value has at most 63 letters, digits, '-', '_' and '.', first and last a letter or digit"
    return ""


def parse(text: str) -> tuple[Requirement, ...]:
    """The requirements of a selector that is written as text; the empty text selects everything."""
    return tuple(_Parser(_scan(text), len(text)).requirements())


def _scan(text: str) -> list[tuple[str, int]]:
    """The words and operators of *text*, each with its place."""
    found: list[tuple[str, int]] = []
    at = 0
    while (at := _SPACE.match(text, at).end()) < len(text):  # type: ignore[union-attr]
        match = _OPERATOR.match(text, at) or _WORD.match(text, at)
        if not match:
            raise LanguageError(f"{text[at]!r} means nothing here", at)
        found.append((match[0], at))
        at = match.end()
    return found


class _Parser:
    def __init__(self, words: list[tuple[str, int]], end: int) -> None:
        self.words = words
        self.end = end
        self.at = 0

    @property
    def word(self) -> str:
        return self.words[self.at][0] if self.at < len(self.words) else ""

    @property
    def place(self) -> int:
        return self.words[self.at][1] if self.at < len(self.words) else self.end

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while self.at < len(self.words):
            found.append(self.requirement())
            if self.at < len(self.words):
                self.expect(",")
                if self.at == len(self.words):
                    raise LanguageError("nothing follows the comma", self.end)
        return found

    def expect(self, word: str) -> None:
        if self.word != word:
            raise LanguageError(
                f"expected {word!r}" + (f", not {_shown(self.word)!r}" if self.word else ""), self.place
            )
        self.at += 1

    def requirement(self) -> Requirement:
        start = self.place
        absent = self.word == "!"
        self.at += absent
        key = self.key()
        if absent:
            return Requirement(key, "!", (), start)
        if self.word in ("", ","):
            return Requirement(key, "exists", (), start)
        operator = self.word
        if operator not in ("=", "==", "!=", "in", "notin", ">", "<"):
            raise LanguageError(f"{_shown(operator)!r} is no operator; there are = == != in notin > <", self.place)
        self.at += 1
        values = self.listed() if operator in ("in", "notin") else (self.value(),)
        if operator in ("<", ">") and not _INTEGER.match(values[0]):
            raise LanguageError(f"{operator} compares with an integer, not {_shown(values[0])!r}", start)
        return Requirement(key, operator, values, start)

    def key(self) -> str:
        place, word = self.place, self.word
        problem = problem_of_key(word)
        if not word or _OPERATOR.match(word) or problem:
            raise LanguageError(problem or f"expected a key, not {_shown(word)!r}", place)
        self.at += 1
        return word

    def value(self) -> str:
        place, word = self.place, self.word
        if word in ("", ",", ")"):
            return ""
        if _OPERATOR.match(word):
            raise LanguageError(f"expected a value, not {_shown(word)!r}", place)
        if problem := problem_of_value(word):
            raise LanguageError(problem, place)
        self.at += 1
        return word

    def listed(self) -> tuple[str, ...]:
        self.expect("(")
        values = [self.value()]
        while self.word == ",":
            self.at += 1
            values.append(self.value())
        self.expect(")")
        return tuple(values)


def problems(selector: Document) -> list[tuple[tuple[str | int, ...], str]]:
    """What is wrong with a structured selector (``matchLabels``, ``matchExpressions``): places in it, and why."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    for key, value in mapping(selector.get("matchLabels")).items():
        problem = problem_of_key(key) or (problem_of_value(value) if isinstance(value, str) else "a value is a text")
        if problem:
            found.append((("matchLabels", key), problem))
    for index, expression in enumerate(sequence(selector.get("matchExpressions"))):
        found += [(("matchExpressions", index, *place), why) for place, why in _expression(mapping(expression))]
    return found


def _expression(expression: Document) -> list[tuple[tuple[str | int, ...], str]]:
    key, operator, values = expression.get("key"), expression.get("operator"), sequence(expression.get("values"))
    found: list[tuple[tuple[str | int, ...], str]] = []
    if problem := problem_of_key(key if isinstance(key, str) else ""):
        found.append((("key",), problem))
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        found.append((("operator",), "an operator is In, NotIn, Exists or DoesNotExist"))
    elif (operator in ("In", "NotIn")) != bool(values):
        found.append((("values",), f"{operator} takes {'values' if not values else 'no values'}"))
    for index, value in enumerate(values):
        if problem := problem_of_value(value) if isinstance(value, str) else "a value is a text":
            found.append((("values", index), problem))
    return found


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
