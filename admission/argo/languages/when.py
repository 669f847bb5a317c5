"""
``when`` of a step or task (govaluate): ``{{steps.a.outputs.result}} == heads && count > 3``.

Tags are filled in first; then bare words are texts, so that ``heads`` needs no quotes. A word ends where a space, a
hyphen or a slash begins: values with those need quotes. The result must be true or false.
"""

from __future__ import annotations

from dataclasses import dataclass

from admission.argo.languages import MAX_DEPTH, remembered
from admission.argo.languages.when_tokens import (
    ACCESSOR,
    CLOSE,
    FOLLOWS,
    LAST,
    OPEN,
    PREFIX,
    SEPARATOR,
    Token,
    scan,
)
from admission.argo.languages.when_values import ANY, Value, apply, negate
from admission.errors import LanguageError

__all__ = ["ANY", "Value", "When", "parse"]

#: How tightly operators bind; all of one level are done from left to right.
BINDING = {
    ",": 0,
    **dict.fromkeys(("?", ":", "??"), 1),
    "||": 2,
    "&&": 3,
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"), 4),
    **dict.fromkeys(("^", "&", "|"), 5),
    **dict.fromkeys((">>", "<<"), 6),
    **dict.fromkeys(("+", "-"), 7),
    **dict.fromkeys(("*", "/", "%"), 8),
    "**": 9,
}
MAX_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class When:
    """
    A condition that can be read. *value* is what it comes to, ``ANY`` where that depends on a tag.

    *bare* are the places of words with a tag and without quotes: an empty value there leaves an operator alone.
    """

    value: Value
    bare: tuple[tuple[int, int], ...]


@remembered
def parse(text: str) -> When:
    """
    *text* as a condition. A LanguageError is certain where no tag is in *text*.

    With tags it says what is wrong with the text around them: what a tag brings may itself be an operator.
    """
    if len(text) > MAX_LENGTH:
        raise LanguageError(f"the condition is longer than {MAX_LENGTH} characters")
    tokens = scan(text)
    bare = tuple((token.start, token.end) for token in tokens if token.filled and not token.quoted)
    if not _check_order(tokens, len(text)):
        return When(ANY, bare)
    return When(_Evaluation(tokens).whole(), bare)


def _check_order(tokens: list[Token], end: int) -> bool:
    """Whether the words stand in an order that has a meaning; false where that depends on a tag."""
    previous: Token | None = None
    certain = True
    for token in tokens:
        kind = previous.kind if previous else ""
        if token.kind not in FOLLOWS[kind]:
            if not (token.filled or (previous and previous.filled)):
                raise _out_of_order(previous, token)
            certain = False
        previous = token
    if certain and (previous is None or previous.kind not in LAST):
        raise LanguageError("the condition is empty" if previous is None else "the condition ends too early", end)
    kinds = [token.kind for token in tokens]
    if certain and kinds.count(OPEN) != kinds.count(CLOSE):
        raise LanguageError("the parentheses do not match", tokens[-1].start)
    return certain


def _out_of_order(previous: Token | None, token: Token) -> LanguageError:
    if previous is None:
        return LanguageError(f"a condition does not begin with {token.kind}", token.start)
    hint = ": a text with spaces needs quotes" if previous.kind not in (OPEN, CLOSE) else ""
    return LanguageError(f"after {previous.kind}, {token.kind} is not expected{hint}", token.start)


class _Evaluation:
    """Evaluates while it reads, so that long chains are no deep trees; what is not *live* is read only."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def whole(self) -> Value:
        # What follows the first whole condition is ignored by the language: (a == b) (c == d).
        return self.level(0, live=True)

    def level(self, binding: int, live: bool) -> Value:
        value = self.primary(live)
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            operator = "," if token.kind == SEPARATOR else token.value
            if token.quoted or not isinstance(operator, str) or token.kind in LAST or token.kind in (OPEN, PREFIX):
                break
            if BINDING[operator] < binding:
                break
            self.at += 1
            value = self.operation(operator, value, token, live)
        return value

    def operation(self, operator: str, left: Value, token: Token, live: bool) -> Value:
        """*left* and what follows the operator, which is not evaluated where the left side decides."""
        decided = _decides(operator, left)
        # Where the left side may decide, what is wrong on the right is not certain.
        maybe = left is ANY and operator in ("&&", "||", "?", ":", "??")
        right = self.level(BINDING[operator] + 1, live and not decided and not maybe)
        if not live:
            return ANY
        if decided:
            return None if operator == "?" else left
        try:
            return apply(operator, left, right)
        except LanguageError as error:
            raise LanguageError(str(error), token.start) from None

    def primary(self, live: bool) -> Value:
        if self.at >= len(self.tokens):
            return None
        token = self.tokens[self.at]
        if token.kind == CLOSE:
            return None
        self.at += 1
        if token.kind == OPEN:
            return self.group(live, token)
        if token.kind == PREFIX:
            value = self.primary(live)
            try:
                return negate(str(token.value), value) if live else ANY
            except LanguageError as error:
                raise LanguageError(str(error), token.start) from None
        if token.kind == ACCESSOR and not token.filled:
            return self.accessor(live, token)
        return token.value

    def group(self, live: bool, token: Token) -> Value:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LanguageError("the condition nests too deeply", token.start)
        value = self.level(0, live)
        self.depth -= 1
        self.at += 1
        return value

    def accessor(self, live: bool, token: Token) -> Value:
        if self.at < len(self.tokens) and self.tokens[self.at].kind == OPEN:
            self.at += 1
            self.group(False, token)
        if live:
            raise LanguageError("the word reads as a field of an object, because of its dots: set quotes", token.start)
        return ANY


def _decides(operator: str, left: Value) -> bool:
    """Whether the right side is not looked at."""
    if operator in (":", "??"):
        return left is not None and left is not ANY
    return {"&&": False, "||": True, "?": False}.get(operator, ANY) is left
