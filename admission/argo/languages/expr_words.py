"""The words of an expression as they are read, one after another."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages.expr_tokens import BRACKET, END, NAME, OPERATOR, Token
from admission.errors import LanguageError


class Words:
    """What has been read of *tokens*, and what comes next; ``LanguageError`` where something else should come."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def token(self) -> Token:
        """The next word; it stays the next one."""
        return self.tokens[self.at]

    @property
    def end(self) -> int:
        """Where the last word ended that was read."""
        return self.tokens[max(self.at - 1, 0)].end

    def next(self) -> Token:
        """The next word, which is then read; the end of all is never."""
        token = self.token
        if token.kind != END:
            self.at += 1
        return token

    def sees(self, value: str, kind: str = OPERATOR) -> bool:
        """Whether the next word is *value*."""
        return self.token.kind == kind and self.token.value == value

    def takes(self, value: str, kind: str = OPERATOR) -> bool:
        """Whether the next word is *value*, which is then read."""
        if self.sees(value, kind):
            self.at += 1
            return True
        return False

    def expect(self, value: str, kind: str = OPERATOR) -> None:
        """Read *value*."""
        if not self.takes(value, kind):
            raise self.unexpected(f"expected {value!r}")

    def expect_name(self) -> Token:
        """Read a name."""
        if self.token.kind != NAME:
            raise self.unexpected("expected a name")
        return self.next()

    def items(self, close: str) -> Iterator[None]:
        """Once for each item that is to be read before *close*, with which it ends; a comma may follow the last."""
        first = True
        while not self.sees(close, BRACKET):
            if not first:
                self.expect(",")
                if self.sees(close, BRACKET):
                    break
            first = False
            yield
        self.expect(close, BRACKET)

    def unexpected(self, hint: str = "") -> LanguageError:
        """The error that the next word is; *hint* says what should be there."""
        said = "the expression ends too early" if self.token.kind == END else f"{self.token.value!r} is unexpected here"
        return LanguageError(f"{said}: {hint}" if hint else said, self.token.start)
