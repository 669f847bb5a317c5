"""What the value of an expression certainly is, as far as its text says."""

from __future__ import annotations

from admission.argo.languages.expr_nodes import (
    Array,
    Binary,
    Call,
    Conditional,
    Let,
    Literal,
    Map,
    Name,
    Node,
    Sequence,
    Unary,
)

#: What operators and functions certainly give.
_BOOL_OPERATORS = frozenset(
    {"==", "!=", "<", ">", "<=", ">=", "in", "matches", "contains", "startsWith", "endsWith", "&&", "||", "and", "or"}
)
_BOOL_CALLS = frozenset({"all", "none", "any", "one", "hasPrefix", "hasSuffix"})
_NUMBER_CALLS = frozenset({"len", "count", "asInt", "asFloat", "int", "float", "indexOf", "lastIndexOf"})
_STRING_CALLS = frozenset({"string", "toJson", "toJSON", "trim", "upper", "lower", "join", "replace", "type"})


def type_of(node: Node) -> str:
    """``bool``, ``number``, ``string``, ``array``, ``map`` or ``nil``; ``""`` where only the run knows."""
    if isinstance(node, Literal):
        return _literal(node.value)
    if isinstance(node, Unary):
        return "bool" if node.operator in ("!", "not") else "number"
    if isinstance(node, Binary):
        return _binary(node)
    if isinstance(node, Conditional):
        one, other = type_of(node.then), type_of(node.otherwise)
        return one if one == other else ""
    if isinstance(node, Call) and isinstance(node.callee, Name):
        return _call(node.callee.name)
    if isinstance(node, Array | Map):
        return "array" if isinstance(node, Array) else "map"
    if isinstance(node, Let):
        return type_of(node.body)
    return type_of(node.items[-1]) if isinstance(node, Sequence) else ""


def _literal(value: object) -> str:
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "number"


def _binary(node: Binary) -> str:
    if node.operator in _BOOL_OPERATORS:
        return "bool"
    if node.operator == "+":
        # Both sides are of one type, or the expression fails; the left side may be a long chain.
        return type_of(node.right)
    if node.operator == "..":
        return "array"
    return "" if node.operator == "??" else "number"


def _call(name: str) -> str:
    if name in _BOOL_CALLS:
        return "bool"
    if name in _NUMBER_CALLS:
        return "number"
    return "string" if name in _STRING_CALLS else ""
