"""
The value of an expression tag, as far as it can be told without an interpreter of the whole language.

Argo evaluates expressions already when it validates, with made-up values where it has no real ones, and leaves those
that fail. It matters where the result is a name: ``template: "{{=workflow.parameters.fast == 'true' ? 'a' : 'b'}}"``.
"""

from __future__ import annotations

from typing import Any

from admission.argo.expressions import sprig
from admission.argo.languages import LanguageError, expr
from admission.argo.languages.expr_nodes import (
    Array,
    Binary,
    Call,
    Conditional,
    Let,
    Literal,
    Member,
    Name,
    Node,
    Sequence,
    Unary,
    children,
)
from admission.argo.languages.expr_types import type_of
from admission.argo.validation.compute import Fails, Undecided, binary, call, negative, truth, written
from admission.argo.validation.values import Values

#: Names that Argo waits for where they are not known.
POSTPONED = {("workflow", "status"), ("workflow", "failures")}
#: The functions that Argo adds to those of the language, and its library.
ARGOS = frozenset({"asInt", "asFloat", "jsonpath", "toJson", "sprig"})


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
        parsed = expr.parse(expression)
        _compile(parsed, values)
        value = _value(parsed.root, values, {})
    except (LanguageError, Fails):
        return None
    return None if value is None else written(value)


def _compile(expression: expr.Expression, values: Values) -> None:
    """Fail where the language does before it evaluates anything: at unknown names, and at texts beside numbers."""
    for path in expression.names:
        if path.parts[0] not in ARGOS and not _is_root(path.parts[0], values):
            raise Fails
        if path.parts[:2] in POSTPONED and values.get(".".join(path.parts[:2])) is None:
            raise Fails
    for function in expression.calls:
        if function.parts[0] not in ARGOS | expr.BUILTINS and not _is_root(function.parts[0], values):
            raise Fails
        if function.parts[0] == "sprig" and len(function.parts) == 2 and function.parts[1] not in sprig():
            raise Fails
    todo = [expression.root]
    while todo:
        node = todo.pop()
        if isinstance(node, Binary) and node.operator in ("==", "!="):
            sides = {type_of(node.left), type_of(node.right)} - {"", "nil"}
            if len(sides) > 1:
                raise Fails
        todo += children(node)


def _is_root(name: str, values: Values) -> bool:
    return values.has_root(name) or values.get(name) is not None


def _value(node: Node, values: Values, local: dict[str, Any]) -> Any:
    """The value of *node*; *local* are the names of ``let``."""
    match node:
        case Literal(value=value):
            return value
        case Name(name=name) if name in local:
            return local[name]
        case Name() | Member():
            return _variable(node, values)
        case Conditional():
            chosen = node.then if truth(_value(node.condition, values, local)) else node.otherwise
            return _value(chosen, values, local)
        case Unary(operator="!" | "not"):
            return not truth(_value(node.operand, values, local))
        case Unary(operator="-"):
            return negative(_value(node.operand, values, local))
        case Binary():
            return _chain(node, values, local)
        case Call(callee=Name(name=name)):
            return call(name, [_value(each, values, local) for each in node.arguments])
        case Call(callee=Member(of=Name(name="sprig"), key=Literal(value="trim" | "lower" | "upper" as name))):
            return call(name, [_value(each, values, local) for each in node.arguments])
        case Array():
            return [_value(each, values, local) for each in node.items]
        case Let():
            return _value(node.body, values, {**local, node.name: _value(node.value, values, local)})
        case Sequence():
            return [_value(each, values, local) for each in node.items][-1]
    raise Undecided


def _chain(node: Binary, values: Values, local: dict[str, Any]) -> Any:
    """The value of operators one after another, of which there may be thousands: the first is the deepest."""
    operations = [node]
    while isinstance(operations[-1].left, Binary):
        operations.append(operations[-1].left)
    value = _value(operations[-1].left, values, local)
    for each in reversed(operations):
        if each.operator == "??":
            value = _value(each.right, values, local) if value is None else value
        elif each.operator in ("&&", "and", "||", "or"):
            is_settled = truth(value) == (each.operator in ("||", "or"))
            value = value if is_settled else truth(_value(each.right, values, local))
        else:
            value = binary(each.operator, value, _value(each.right, values, local))
    return value


def _variable(node: Name | Member, values: Values) -> str | None:
    """What a path leads to; a text, or nothing."""
    name, after = "", ""
    for part, is_optional in _parts(node):
        if after == "nothing" and is_optional:
            return None
        if after in ("nothing", "text"):
            raise Fails
        name = f"{name}.{part}" if name else part
        # An object hides a text of the same name: Argo removes what has something below it.
        after = "object" if values.has_root(name) else "nothing" if values.get(name) is None else "text"
    if after == "object":
        raise Undecided
    return values.get(name)


def _parts(node: Node) -> list[tuple[str, bool]]:
    """The parts of a path, and which of them may be read from nothing."""
    parts: list[tuple[str, bool]] = []
    while isinstance(node, Member) and isinstance(node.key, Literal) and isinstance(node.key.value, str):
        parts.append((node.key.value, node.optional))
        node = node.of
    if isinstance(node, Literal) and not any(is_optional for _, is_optional in parts):
        raise Fails
    if not isinstance(node, Name):
        raise Undecided
    return [(node.name, False), *reversed(parts)]
