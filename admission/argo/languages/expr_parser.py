"""From the words of an expression to its tree, by how tightly operators bind."""

from __future__ import annotations

from collections.abc import Callable

from admission.argo.languages import MAX_DEPTH
from admission.argo.languages.expr_nodes import (
    Array,
    Binary,
    Call,
    Closure,
    Conditional,
    Let,
    Literal,
    Map,
    Member,
    Name,
    Node,
    Pointer,
    Sequence,
    Slice,
    Unary,
)
from admission.argo.languages.expr_operators import BINARY, CLOSURES, COMPARISONS, RIGHT, UNARY
from admission.argo.languages.expr_tokens import (
    BRACKET,
    END,
    NAME,
    NEGATABLE,
    NUMBER,
    OPERATOR,
    STRING,
    WORDS,
    Token,
    scan,
)
from admission.argo.languages.expr_words import Words
from admission.errors import LanguageError

#: More nodes than these expr-lang itself refuses.
MAX_NODES = 10_000


def tree(text: str) -> Node:
    """The tree of the expression *text*."""
    return _Parser(scan(text)).whole()


class _Parser(Words):
    """Reads the words from left to right, by how tightly operators bind."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.depth = 0
        self.closures = 0
        self.nodes = 0

    def whole(self) -> Node:
        root = self.sequence()
        if self.token.kind != END:
            raise self.unexpected()
        return root

    def sequence(self) -> Node:
        items = [self.expression()]
        while self.takes(";"):
            if self.token.kind == END:
                break
            items.append(self.expression())
        return items[0] if len(items) == 1 else Sequence(tuple(items), items[0].start, items[-1].end)

    def expression(self, binding: int = 0) -> Node:
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise LanguageError("the expression is too large or nests too deeply", self.token.start)
        node = self.unbounded(binding)
        self.depth -= 1
        return node

    def unbounded(self, binding: int) -> Node:
        if binding == 0 and self.sees("let"):
            return self.let()
        if binding == 0 and self.sees("if"):
            return self.condition()
        left, previous = self.primary(), ""
        while operator := self.operator(binding):
            negated = operator.value == "not"
            if negated:
                operator = self.next()
            left = self.binary(left, operator, previous)
            if negated:
                left = Unary("not", left, left.start, left.end)
            previous = str(operator.value)
        return self.ternary(left) if binding == 0 else left

    def operator(self, binding: int) -> Token | None:
        """The next word, read, where it is an operator that binds as tightly; of ``not in`` the ``not``."""
        word = self.tokens[self.at + 1] if self.sees("not") else self.token
        if word.kind != OPERATOR or (self.sees("not") and word.value not in NEGATABLE):
            if self.sees("not"):
                self.at += 1
                raise self.unexpected()
            return None
        if BINARY.get(str(word.value), -1) < binding:
            return None
        return self.next()

    def binary(self, left: Node, token: Token, previous: str) -> Node:
        operator = str(token.value)
        if operator == "|":
            return self.call(self.expect_name(), (left,), left.start)
        if previous == "??" and operator != "??":
            raise LanguageError(f"{operator} and ?? are not mixed: set parentheses", token.start)
        if operator in COMPARISONS:
            return self.comparison(left, operator)
        right = self.expression(BINARY[operator] + (operator not in RIGHT))
        return Binary(operator, left, right, left.start, right.end)

    def comparison(self, left: Node, operator: str) -> Node:
        """``1 < x < 5`` is ``1 < x && x < 5``."""
        whole: Node | None = None
        while True:
            right = self.expression(BINARY[operator] + 1)
            part = Binary(operator, left, right, left.start, right.end)
            whole = part if whole is None else Binary("&&", whole, part, whole.start, right.end)
            if self.token.kind != OPERATOR or self.token.value not in COMPARISONS:
                return whole
            left, operator = right, str(self.next().value)

    def ternary(self, node: Node) -> Node:
        while self.takes("?"):
            then = node
            if not self.takes(":"):
                then = self.expression()
                self.expect(":")
            otherwise = self.expression()
            node = Conditional(node, then, otherwise, node.start, otherwise.end)
        return node

    def let(self) -> Node:
        start = self.next().start
        name = self.expect_name()
        self.expect("=")
        value = self.expression()
        self.expect(";")
        body = self.nested(self.sequence)
        return Let(str(name.value), value, body, start, body.end)

    def condition(self) -> Node:
        start = self.next().start
        condition = self.expression()
        then = self.block()
        self.expect("else")
        otherwise = self.nested(self.condition) if self.sees("if") else self.block()
        return Conditional(condition, then, otherwise, start, self.end)

    def nested(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LanguageError("the expression nests too deeply", self.token.start)
        node = read()
        self.depth -= 1
        return node

    def block(self) -> Node:
        self.expect("{", BRACKET)
        body = self.sequence()
        self.expect("}", BRACKET)
        return body

    def primary(self) -> Node:
        token = self.token
        if token.kind == OPERATOR and token.value in UNARY:
            self.next()
            operand = self.expression(UNARY[str(token.value)])
            return self.postfix(Unary(str(token.value), operand, token.start, operand.end))
        if self.takes("(", BRACKET):
            inner = self.sequence()
            self.expect(")", BRACKET)
            return self.postfix(inner)
        if self.closures and token.kind == OPERATOR and token.value in ("#", "."):
            return self.postfix(self.pointer(token))
        if self.takes("::"):
            return self.postfix(self.call(self.expect_name(), (), token.start))
        return self.secondary()

    def pointer(self, token: Token) -> Node:
        # A leading dot is not read here: what follows it is a member.
        name = ""
        if token.value == "#":
            self.next()
            if self.token.kind == NAME and self.token.start == token.end:
                name = str(self.next().value)
        return Pointer(name, token.start, self.end if token.value == "#" else token.start)

    def secondary(self) -> Node:
        token = self.token
        if token.kind == NAME:
            return self.name()
        if token.kind in (NUMBER, STRING):
            self.next()
            literal = Literal(token.value, token.start, token.end)
            # Nothing can be read from a number.
            return literal if token.kind == NUMBER else self.postfix(literal)
        if self.sees("[", BRACKET):
            return self.postfix(self.array())
        if self.sees("{", BRACKET):
            return self.postfix(self.map())
        raise self.unexpected()

    def name(self) -> Node:
        token = self.next()
        constants = {"true": True, "false": False, "nil": None}
        if token.value in constants:
            return Literal(constants[str(token.value)], token.start, token.end)
        if self.sees("(", BRACKET):
            return self.postfix(self.call(token, (), token.start))
        return self.postfix(Name(str(token.value), token.start, token.end))

    def array(self) -> Node:
        start = self.next().start
        items = tuple(self.expression() for _ in self.items("]"))
        return Array(items, start, self.end)

    def map(self) -> Node:
        start = self.next().start
        items: list[Node] = []
        for _ in self.items("}"):
            items.append(self.key())
            self.expect(":")
            items.append(self.expression())
        return Map(tuple(items), start, self.end)

    def key(self) -> Node:
        token = self.token
        if token.kind in (NAME, STRING, NUMBER):
            self.next()
            return Literal(str(token.value), token.start, token.end)
        if self.sees("(", BRACKET):
            return self.expression()
        raise self.unexpected("a key is a name, a text, a number, or an expression in parentheses")

    def postfix(self, node: Node) -> Node:
        """*node* and the members, slices and method calls that follow it."""
        while True:
            # Each one is a level of the tree.
            self.nodes += 1
            if self.nodes > MAX_NODES:
                raise LanguageError("the expression is too large", self.token.start)
            if self.sees(".") or self.sees("?."):
                node = self.member(node)
            elif self.sees("[", BRACKET):
                node = self.index(node, optional=False)
            else:
                return node

    def member(self, node: Node) -> Node:
        optional = self.next().value == "?."
        if optional and self.sees("[", BRACKET):
            return self.index(node, optional=True)
        token = self.token
        if token.kind != NAME and token.value not in WORDS:
            raise self.unexpected("expected a name")
        self.next()
        key = Literal(str(token.value), token.start, token.end)
        member = Member(node, key, optional, node.start, token.end)
        if self.sees("(", BRACKET):
            return Call(member, self.arguments(), node.start, self.end)
        return member

    def index(self, node: Node, optional: bool) -> Node:
        self.next()
        if self.takes(":"):
            return self.slice(node, None)
        key = self.expression()
        if self.takes(":"):
            return self.slice(node, key)
        self.expect("]", BRACKET)
        return Member(node, key, optional, node.start, self.end)

    def slice(self, node: Node, low: Node | None) -> Node:
        high = None if self.sees("]", BRACKET) else self.expression()
        self.expect("]", BRACKET)
        return Slice(node, low, high, node.start, self.end)

    def call(self, token: Token, first: tuple[Node, ...], start: int) -> Node:
        """The call of the function *token*; *first* are the arguments that a pipe brings."""
        name = str(token.value)
        given = first + (self.closure_arguments(name, len(first)) if name in CLOSURES else self.arguments())
        return Call(Name(name, token.start, token.end), given, start, self.end)

    def arguments(self) -> tuple[Node, ...]:
        self.expect("(", BRACKET)
        return tuple(self.expression() for _ in self.items(")"))

    def closure_arguments(self, name: str, given: int) -> tuple[Node, ...]:
        takes, optional = CLOSURES[name]
        self.expect("(", BRACKET)
        found: list[Node] = []
        for number, is_closure in enumerate(takes[given:], given):
            if self.sees(")", BRACKET):
                if number < len(takes) - optional:
                    raise self.unexpected(f"{name} takes more arguments")
                break
            if found:
                self.expect(",")
            found.append(self.closure() if is_closure else self.expression())
        self.takes(",")
        self.expect(")", BRACKET)
        return tuple(found)

    def closure(self) -> Node:
        start = self.token.start
        braced = self.takes("{", BRACKET)
        self.closures += 1
        body = self.sequence() if braced else self.expression()
        self.closures -= 1
        if braced:
            self.expect("}", BRACKET)
        return Closure(body, start, self.end)
