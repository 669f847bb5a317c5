"""
The value of an expression tag, as far as it can be told without an interpreter of the whole language.

Argo evaluates expressions already when it validates, with made-up values where it has no real ones, and leaves those
that fail. It matters where the result is a name: ``template: "{{=workflow.parameters.fast == 'true' ? 'a' : 'b'}}"``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from admission.argo.languages import LanguageError, expr
from admission.argo.languages.expr_nodes import Binary, Call, Conditional, Literal, Member, Name, Node, Unary
from admission.argo.validation.values import Values


class Undecided(Exception):
    """This module cannot tell."""


class Fails(Exception):
    """The expression fails: Argo leaves its tag."""


#: Operators by the types of their sides.
NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TEXTS: dict[str, Callable[[str, str], Any]] = {
    "+": operator.add,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}
#: Names that Argo waits for where they are not known.
POSTPONED = {("workflow", "status"), ("workflow", "failures")}
#: What such a path leads to may be an object: ``inputs.artifacts``.
OBJECTS = ("inputs", "artifacts")
#: What is longer is not evaluated: values may be long, and be put together often.
LONGEST = 100_000


def evaluated(expression: str, values: Values) -> str | None:
    """The text that takes the place of the tag; ``None`` where it stays, or nobody can tell here (:func:`is_open`)."""
    try:
        return _evaluated(expression, values)
    except Undecided:
        return None


def is_open(expression: str, values: Values) -> bool:
    """Whether only an interpreter can tell what becomes of the tag."""
    try:
        _evaluated(expression, values)
    except Undecided:
        return True
    return False


def _evaluated(expression: str, values: Values) -> str | None:
    try:
        value = _value(expr.parse(expression).root, values)
    except (LanguageError, Fails):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _value(node: Node, values: Values) -> Any:
    match node:
        case Literal(value=str() | int() | None as value):
            return value
        case Name() | Member():
            return _variable(node, values)
        case Conditional():
            return _value(node.then if _truth(node.condition, values) else node.otherwise, values)
        case Unary(operator="!" | "not"):
            return not _truth(node.operand, values)
        case Unary(operator="-"):
            return -_number(node.operand, values)
        case Binary():
            return _binary(node, values)
        case Call(callee=Name(name="asInt" | "int"), arguments=(argument,)):
            return _integer(_value(argument, values))
        case Call(callee=Name(name="string"), arguments=(argument,)):
            return str(_integer_or_text(_value(argument, values)))
    raise Undecided


def _variable(node: Node, values: Values) -> str | None:
    parts = _parts(node)
    value = values.get(".".join(parts))
    if value is None and (not values.has_root(parts[0]) or tuple(parts) in POSTPONED):
        raise Fails
    if value is None and len(parts) <= len(OBJECTS):
        raise Undecided
    return value


def _parts(node: Node) -> list[str]:
    match node:
        case Name(name=name):
            return [name]
        case Member(of=of, key=Literal(value=str() as key)):
            return [*_parts(of), key]
    raise Undecided


def _truth(node: Node, values: Values) -> bool:
    value = _value(node, values)
    if not isinstance(value, bool):
        raise Fails
    return value


def _number(node: Node, values: Values) -> int:
    value = _value(node, values)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Fails
    return value


def _binary(node: Binary, values: Values) -> Any:
    if node.operator in ("&&", "and"):
        return _truth(node.left, values) and _truth(node.right, values)
    if node.operator in ("||", "or"):
        return _truth(node.left, values) or _truth(node.right, values)
    left, right = _value(node.left, values), _value(node.right, values)
    if node.operator == "??":
        return right if left is None else left
    if node.operator in ("==", "!="):
        return (left == right and type(left) is type(right)) == (node.operator == "==")
    if type(left) is not type(right) or isinstance(left, bool):
        raise Fails
    table: dict[str, Callable[[Any, Any], Any]] = TEXTS if isinstance(left, str) else NUMBERS
    if node.operator not in table or _is_long(left) or _is_long(right):
        raise Undecided
    return table[node.operator](left, right)


def _is_long(value: object) -> bool:
    return (isinstance(value, str) and len(value) > LONGEST) or (isinstance(value, int) and value.bit_length() > 62)


def _integer(value: Any) -> int:
    try:
        return int(_integer_or_text(value))
    except ValueError:
        raise Fails from None


def _integer_or_text(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int) or _is_long(value):
        raise Undecided
    return value
