"""Texts of CEL: made, and changed by their tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from admission.errors import PolicyError
from admission.policy.cel.syntax import Call, Name, Node, parse, tokens, walk
from admission.policy.export.image import image


class Unexportable(PolicyError):
    """The API server cannot evaluate this; the message says why."""


#: Why a policy about pods stays ours.
NO_PODS = "the API server does not know the pods that a Workflow would become"

#: The functions that Kubernetes has not, written out; all are of one text.
_WRITTEN_OUT = {"image": image}

#: Macros whose first arguments name variables of their own; the last one or two are what is evaluated.
_LOOPS = {
    "all": 1,
    "exists": 1,
    "exists_one": 1,
    "existsOne": 1,
    "map": 1,
    "filter": 1,
    "transformList": 2,
    "transformMap": 2,
    "transformMapEntry": 2,
    "optMap": 1,
    "optFlatMap": 1,
}

#: Calls that give true or false, whatever they are given.
_TRUTHS = frozenset({"_||_", "_&&_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_in_"}) | frozenset(
    {"has", "all", "exists", "exists_one", "existsOne", "startsWith", "endsWith", "contains", "matches"}
)

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

#: Words that CEL keeps for itself: no field of such a name can be selected with a dot.
_RESERVED = frozenset({"in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"}) | (
    frozenset({"loop", "package", "namespace", "return", "var", "void", "while", "true", "false", "null"})
)


def checked(text: str, roots: Iterable[str]) -> str:
    """
    *text*, if it can be changed by its tokens.

    ``Unexportable`` where it gives a variable of its own the name of one of *roots*, or asks of pods.
    """
    taken = frozenset(roots)
    for node in walk(parse(text)):
        if isinstance(node, Name) and node.name == "pod":
            raise Unexportable(NO_PODS)
        for name in _own_variables(node):
            if name in taken:
                raise Unexportable(f"a loop variable is called {name!r}, like what it is in")
    return text


def renamed(text: str, names: Mapping[str, str]) -> str:
    """
    *text* on one line, with the variables *names* replaced; ``variables.x`` is the name of a policy's own.

    Our own functions are written out.
    """
    return _renamed(_spaced(text), names)


def _renamed(given: list[_Token], names: Mapping[str, str]) -> str:
    out: list[str] = []
    index = 0
    while index < len(given):
        part, taken = given[index].text, 1
        if part in _WRITTEN_OUT and _is_call(given, index):
            taken = _closing(given, index + 1) - index + 1
            part = _WRITTEN_OUT[part](_renamed(given[index + 2 : index + taken - 1], names))
        elif given[index].kind == "name" and not _is_field_or_call(given, index):
            if part == "variables" and f"variables.{_field(given, index)}" in names:
                part, taken = f"variables.{_field(given, index)}", 3
            part = names.get(part, part)
        out.append((" " if given[index].spaced and out else "") + part)
        index += taken
    return "".join(out)


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, and whether there is a space before it."""

    kind: str
    text: str
    spaced: bool


def named(text: str) -> frozenset[str]:
    """The variables of a policy, or of ours, that *text* names, as ``variables.x``."""
    given = _spaced(text)
    return frozenset(
        f"variables.{_field(given, index)}"
        for index, token in enumerate(given)
        if token.text == "variables" and not _is_field_or_call(given, index)
    )


def literal(value: Any) -> str:
    """*value* as CEL. Kubernetes wants the items of a list or map to be of one type, so that others are ``dyn``."""
    if isinstance(value, Mapping):
        items = dynamic(list(value.values()))
        return "{" + ", ".join(f"{literal(key)}: {item}" for key, item in zip(value, items, strict=True)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dynamic(value)) + "]"
    return "null" if value is None else json.dumps(value, ensure_ascii=False)


def dynamic(values: list[Any]) -> list[str]:
    """*values* as items of one list or map."""
    kinds = {type(value) for value in values}
    same = len(kinds) == 1 and kinds <= {str, bool, int}
    return [literal(value) if same else f"dyn({literal(value)})" for value in values]


def selected(operand: str, field: str) -> str:
    """The field of that name of *operand*."""
    return f"{operand}.{field}" if _is_plain(field) else f"{operand}[{literal(field)}]"


def present(operand: str, field: str) -> str:
    """Whether *operand*, a map, has that field."""
    return f"has({operand}.{field})" if _is_plain(field) else f"{literal(field)} in {operand}"


def is_truth(text: str) -> bool:
    """Whether Kubernetes sees that *text* gives true or false."""
    node = parse(text)
    return isinstance(node, Call) and node.function in _TRUTHS


def _is_plain(field: str) -> bool:
    return bool(_IDENTIFIER.match(field)) and field not in _RESERVED


def _own_variables(node: Node) -> Iterator[str]:
    if isinstance(node, Call) and node.target is not None and node.function in _LOOPS:
        names = node.arguments[: min(_LOOPS[node.function], len(node.arguments) - 1)]
        yield from (argument.name for argument in names if isinstance(argument, Name))
        # all(i, x, …) of two variables
        if len(node.arguments) == 3 and isinstance(node.arguments[1], Name):
            yield node.arguments[1].name


def _spaced(text: str) -> list[_Token]:
    """The tokens of *text* that are no spaces."""
    before, found = False, []
    for kind, part in tokens(text):
        if kind != "space":
            found.append(_Token(kind, part, before))
        before = kind == "space"
    return found


def _is_field_or_call(given: list[_Token], index: int) -> bool:
    after_dot = index > 0 and given[index - 1].text in (".", ".?")
    return after_dot or _is_call(given, index)


def _is_call(given: list[_Token], index: int) -> bool:
    return index + 1 < len(given) and given[index + 1].text == "("


def _closing(given: list[_Token], index: int) -> int:
    """The index of the bracket that closes the one at *index*."""
    depth = 0
    for here in range(index, len(given)):
        depth += (given[here].text in ("(", "[", "{", "[?")) - (given[here].text in (")", "]", "}"))
        if depth == 0:
            return here
    raise Unexportable("a bracket is not closed")


def _field(given: list[_Token], index: int) -> str:
    """The field that is selected right after the token at *index*; empty where none is."""
    if index + 2 < len(given) and given[index + 1].text == "." and given[index + 2].kind == "name":
        return given[index + 2].text
    return ""
