"""
Expressions as trees, for what we want to know of one before it runs: names, functions, paths that it reads.

The engines have parsers of their own and do not show what they made; this one serves both. It reads the grammar of the
CEL specification (cel-spec, doc/langdef.md), macros as the calls that they look like, and optional syntax.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

from admission.errors import PolicyError

#: Brackets within brackets and one: as many as cel-cpp takes.
MAX_NESTING = 33

#: Levels of a tree. Chains (``a.b.c``, ``x || y || z``) are trees, too, and Python's stack ends at a thousand.
MAX_DEPTH = 128

_TOKEN = re.compile(
    r"""
    (?P<space>(?:\s|//[^\n]*)+)
  | (?P<string>(?:[rR][bB]?|[bB][rR]?)?
        (?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
  | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*|`[^`\n]+`)
  | (?P<operator>&&|\|\||==|!=|<=|>=|\.\?|\[\?|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. *value* is the text of a string, a whole number, or None for everything else."""

    value: str | int | None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    at: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class Select:
    """``operand.field``, ``operand.?field``."""

    operand: Node
    name: str
    at: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class Index:
    """``operand[key]``, ``operand[?key]``."""

    operand: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Call:
    """
    ``function(arguments)``, ``target.function(arguments)``, and operators as ``_+_``.

    *at* is the place of its name, or of what follows its operator; of a call by name, *start* and *end* are those of
    all of it.
    """

    function: str
    target: Node | None
    arguments: tuple[Node, ...]
    at: int = field(compare=False, default=0)
    start: int = field(compare=False, default=0)
    end: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class Collection:
    """A list, or a map without its keys, which are *keys*."""

    items: tuple[Node, ...]
    keys: tuple[Node, ...] = ()


Node: TypeAlias = Literal | Name | Select | Index | Call | Collection

_LITERALS = {"true", "false", "null"}

#: Binary operators from the weakest to the strongest.
_BINARY = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))


def parse(text: str) -> Node:
    """The tree of *text*. ``PolicyError`` with line and column where it is none."""
    parser = _Parser(text)
    node = parser.expression()
    if parser.token != "":
        parser.fail(f"unexpected {parser.token!r}")
    if _deep(node):
        raise PolicyError(f"the expression chains more than {MAX_DEPTH} operations: use variables or a list")
    return node


def _deep(node: Node) -> bool:
    """Whether a tree has more than ``MAX_DEPTH`` levels."""
    level: tuple[Node, ...] = (node,)
    for _ in range(MAX_DEPTH):
        level = tuple(child for parent in level for child in children(parent))
    return bool(level)


def walk(node: Node) -> Iterator[Node]:
    """*node* and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Select(operand=operand):
            return (operand,)
        case Index(operand=operand, key=key):
            return (operand, key)
        case Call(target=target, arguments=arguments):
            return arguments if target is None else (target, *arguments)
        case Collection(items=items, keys=keys):
            return (*keys, *items)
    return ()


def place(text: str, offset: int) -> str:
    """An offset in *text* for people."""
    before = text[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"


class _Parser:
    """Recursive descent, one method a level of the grammar. *token* is the next token, empty at the end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._scan())
        self._next = 0
        self._depth = 0

    @property
    def token(self) -> str:
        return self._tokens[self._next][1]

    @property
    def kind(self) -> str:
        return self._tokens[self._next][0]

    @property
    def at(self) -> int:
        return self._tokens[self._next][2]

    @property
    def _ended(self) -> int:
        """Where the token before this one ends."""
        _, token, at = self._tokens[self._next - 1]
        return at + len(token)

    def fail(self, message: str) -> NoReturn:
        raise self.error(message, self.at)

    def error(self, message: str, at: int) -> PolicyError:
        return PolicyError(f"{place(self._text, at)}: {message}")

    def expression(self) -> Node:
        self._deeper()
        condition, at = self._binary(0), self.at
        if self._take("?"):
            yes = self._binary(0)
            self._expect(":")
            condition = Call("_?_:_", None, (condition, yes, self.expression()), at)
        self._depth -= 1
        return condition

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            self.fail(f"the expression nests deeper than {MAX_NESTING} levels: use variables")

    def _binary(self, level: int) -> Node:
        if level == len(_BINARY):
            return self._unary()
        left = self._binary(level + 1)
        while self.token in _BINARY[level] and self.kind in ("operator", "name"):
            operator, at = self._advance(), self.at
            left = Call(f"_{operator}_", None, (left, self._binary(level + 1)), at)
        return left

    def _unary(self) -> Node:
        if self.token not in ("!", "-") or self.kind != "operator":
            return self._member()
        operator, at = self._advance(), self.at
        self._deeper()
        operand = self._unary()
        self._depth -= 1
        return Call(f"{operator}_", None, (operand,), at)

    def _member(self) -> Node:
        start = self.at
        node = self._primary()
        while self.kind == "operator" and self.token in (".", ".?", "[", "[?"):
            node = self._selected(node, start) if self._advance() in (".", ".?") else self._indexed(node)
        return node

    def _selected(self, operand: Node, start: int) -> Node:
        at = self.at
        if self.kind != "name":
            self.fail("a field or function name is expected")
        name = self._advance().strip("`")
        if self._take("("):
            return Call(name, operand, self._until(")", self.expression), at, start, self._ended)
        return Select(operand, name, at)

    def _indexed(self, operand: Node) -> Node:
        key = self.expression()
        self._expect("]")
        return Index(operand, key)

    def _primary(self) -> Node:
        kind, at = self.kind, self.at
        if kind == "string":
            return Literal(_text(self._advance()))
        if kind == "number":
            number = self._advance()
            return Literal(int(number) if number.isdecimal() else None)
        if kind == "name":
            return self._named(self._advance(), at)
        match self._advance():
            case ".":  # a name of the root; we have no other
                return self._named(self._advance(), at)
            case "(":
                node = self.expression()
                self._expect(")")
                return node
            case "[":
                return Collection(self._until("]", self._element))
            case "[?":
                first = self.expression()
                rest = self._until("]", self._element) if self._take(",") else self._closed("]")
                return Collection((first, *rest))
            case "{":
                entries = self._until("}", self._entry)
                return Collection(tuple(value for _, value in entries), tuple(key for key, _ in entries))
        raise self.error("a value is expected", at)

    def _named(self, name: str, at: int) -> Node:
        if name in _LITERALS:
            return Literal(None)
        if self._take("("):
            return Call(name, None, self._until(")", self.expression), at, at, self._ended)
        return Name(name, at)

    def _element(self) -> Node:
        self._take("?")
        return self.expression()

    def _entry(self) -> tuple[Node, Node]:
        key = self._element()
        self._expect(":")
        return key, self.expression()

    def _closed(self, end: str) -> tuple[Node, ...]:
        self._expect(end)
        return ()

    def _until(self, end: str, item: Callable[[], Any]) -> tuple[Any, ...]:
        """Items divided by commas, and the end; a comma may stand before it."""
        items: list[Any] = []
        while not self._take(end):
            items.append(item())
            if not self._take(",") and self.token != end:
                self.fail(f"{end!r} is expected")
        return tuple(items)

    def _take(self, token: str) -> bool:
        if self.kind != "operator" or self.token != token:
            return False
        self._next += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            self.fail(f"{token!r} is expected")

    def _advance(self) -> str:
        if self.kind == "end":
            self.fail("the expression ends too early")
        self._next += 1
        return self._tokens[self._next - 1][1]

    def _scan(self) -> Iterator[tuple[str, str, int]]:
        position = 0
        while position < len(self._text):
            found = _TOKEN.match(self._text, position)
            if found is None:
                raise PolicyError(f"{place(self._text, position)}: unexpected {self._text[position]!r}")
            if found.lastgroup != "space":
                yield str(found.lastgroup), found[0], position
            position = found.end()
        yield "end", "", position


def _text(literal: str) -> str | None:
    """The value of a string literal; None where Python does not write it in the same way, and for bytes."""
    prefix = literal[: min(literal.find(quote) for quote in "'\"" if quote in literal)].lower()
    if "b" in prefix:
        return None
    try:
        value = ast.literal_eval(prefix + literal[len(prefix) :])
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def tokens(text: str) -> list[tuple[str, str]]:
    """The tokens of an expression, kind and text, spaces included: put together they are *text*."""
    return [(str(found.lastgroup), found[0]) for found in _TOKEN.finditer(text)]
