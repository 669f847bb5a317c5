"""The operators of expressions, and the functions of which an argument is an expression of its own."""

from __future__ import annotations

#: How tightly operators bind, those before an operand and those between two.
UNARY = {"not": 50, "!": 50, "-": 90, "+": 90}
BINARY = {
    "|": 0,
    "or": 10,
    "||": 10,
    "and": 15,
    "&&": 15,
    **dict.fromkeys(("==", "!=", "<", ">", ">=", "<=", "in", "matches", "contains", "startsWith", "endsWith"), 20),
    "..": 25,
    "+": 30,
    "-": 30,
    "*": 60,
    "/": 60,
    "%": 60,
    "**": 100,
    "^": 100,
    "??": 500,
}

#: Of these the last one of several is evaluated first.
RIGHT = frozenset({"**", "^"})

#: Of these several in a row hold together: ``1 < x < 5``.
COMPARISONS = frozenset({"<", ">", ">=", "<="})

#: Builtins that take closures: of each argument, whether it is one; optional ones in the second number.
CLOSURES: dict[str, tuple[tuple[bool, ...], int]] = {
    **dict.fromkeys(
        ("all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "groupBy"),
        ((False, True), 0),
    ),
    "count": ((False, True), 1),
    "sum": ((False, True), 1),
    "sortBy": ((False, True, False), 1),
    "reduce": ((False, True, False), 1),
}
