"""
``depends`` of a DAG task: ``(build.Succeeded || build.Skipped) && !test.Failed``.

The controller writes ``_`` for the hyphens of task names and reads the rest as an expression (expr-lang), in which
every task is an object of booleans. So a task's name must be a name there, too: none that begins with a digit, and no
word of the language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from admission.argo.languages import remembered
from admission.argo.languages.expr_nodes import Binary, Conditional, Literal, Member, Name, Node, Unary
from admission.argo.languages.expr_parser import tree
from admission.argo.languages.expr_tokens import WORDS
from admission.errors import LanguageError

#: What a task can have come to.
RESULTS = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded", "AllFailed")

#: Words that no task that others depend on may be called.
RESERVED = WORDS | {"true", "false", "nil"}

_OPERATORS = frozenset({"&&", "||", "and", "or", "==", "!="})

#: Longer texts are not read: thousands of tasks fit.
MAX_LENGTH = 1_000_000


#: Tasks, with or without a result, joined by && and ||: nearly all conditions are that, and need no parser.
_WORD = re.compile(rf"([a-zA-Z_][-a-zA-Z0-9_]*)(?:\.({'|'.join(RESULTS)})\b)?")
_PLAIN = re.compile(rf" *{_WORD.pattern}(?: *(?:&&|\|\|) *{_WORD.pattern})* *\Z")
_USUAL = 2000


@dataclass(frozen=True, slots=True)
class Dependency:
    """A task that is named: *result* is what follows its dot, empty where nothing does."""

    task: str
    result: str
    start: int
    end: int


def is_strange(task: str) -> bool:
    """Whether a task of that name cannot be named in a condition."""
    return task[:1].isdecimal() or task in RESERVED


@remembered
def parse(text: str) -> tuple[Dependency, ...]:
    """The dependencies of *text*, in its order."""
    if len(text) > MAX_LENGTH:
        raise LanguageError(f"longer than {MAX_LENGTH} characters")
    if len(text) <= _USUAL and _PLAIN.match(text):
        words = tuple(Dependency(match[1], match[2] or "", *match.span()) for match in _WORD.finditer(text))
        if RESERVED.isdisjoint(word.task for word in words):
            return words
    root = tree(text.replace("-", "_"))
    found: list[Dependency] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Name):
            found.append(Dependency(text[node.start : node.end], "", node.start, node.end))
        elif isinstance(node, Member):
            found.append(_result(text, node))
        else:
            todo.extend(reversed(_operands(node)))
    return tuple(found)


def _result(text: str, node: Member) -> Dependency:
    if not isinstance(node.of, Name) or not isinstance(node.key, Literal):
        raise LanguageError("a task is followed by one result, as in build.Succeeded", node.of.end)
    result = str(node.key.value)
    if result not in RESULTS:
        raise LanguageError(f"{result!r} is no result of a task; there are {', '.join(RESULTS)}", node.key.start)
    return Dependency(text[node.of.start : node.of.end], result, node.start, node.end)


def _operands(node: Node) -> list[Node]:
    """What the operator of *node* joins; only those of booleans are of any use."""
    if isinstance(node, Unary) and node.operator in ("!", "not"):
        return [node.operand]
    if isinstance(node, Binary) and node.operator in _OPERATORS:
        return [node.left, node.right]
    if isinstance(node, Conditional):
        return [node.condition, node.then, node.otherwise]
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return []
    raise LanguageError("tasks are joined by &&, || and !, nothing else", node.start)
