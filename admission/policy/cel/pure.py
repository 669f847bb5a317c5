"""
The second engine: cel-python, in Python alone, for platforms without cel-cpp and as a second opinion in tests.

It is slower by two to three orders of magnitude and has no type check, no bound on iterations and less of the language.
What it lacks is refused by a look at the tree, because the package itself would notice only when the expression runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from celpy import Environment, celtypes
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.evaluation import CELEvalError

from admission.errors import EvaluationError, PolicyError
from admission.policy.cel.library import FUNCTIONS, Function
from admission.policy.cel.syntax import Call, parse, place, walk

#: Macros and standard functions that this engine runs as the specification says, by number of operands.
_STANDARD: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("has", "int", "double", "string", "bool", "type", "dyn"), (1,)),
    "size": (1,),
    **dict.fromkeys(("all", "exists", "exists_one", "filter", "map"), (3,)),
    **dict.fromkeys(("startsWith", "endsWith", "contains", "matches"), (2,)),
}

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_UPPER = {lower: upper for upper, lower in _LOWER.items()}

#: Functions of Kubernetes' string library that we add.
_STRINGS: dict[str, Callable[..., Any]] = {
    "lowerAscii": lambda text: celtypes.StringType(text.translate(_LOWER)),
    "upperAscii": lambda text: celtypes.StringType(text.translate(_UPPER)),
    "split": lambda text, separator: celtypes.ListType([celtypes.StringType(part) for part in _split(text, separator)]),
    "join": lambda texts, separator="": celtypes.StringType(str(separator).join(texts)),
    "replace": lambda text, old, new: celtypes.StringType(str(text).replace(str(old), str(new))),
}
_ARITIES = {**_STANDARD, "lowerAscii": (1,), "upperAscii": (1,), "split": (2,), "join": (1, 2), "replace": (3,)}

#: Of our own functions those that this engine can be given: one in a namespace is none of them, and what ``rewrite.py``
#: makes for the first engine has no meaning here.
_OURS = {each.name: each for each in FUNCTIONS if "." not in each.name and not each.name.endswith("_")}

#: Types of operands, as Python has them; whatever is not here takes anything.
_PYTHON: dict[str, type] = {"string": str, "int": int, "bool": bool, "list": list, "map": dict, "opaque": dict}


class PureEngine:
    """See ``Engine``."""

    name = "cel-python"

    def __init__(self) -> None:
        self._environment = Environment()
        self._functions = {**_STRINGS, **{name: _called(function) for name, function in _OURS.items()}}

    def compile(self, text: str) -> PureProgram:
        self._refuse_what_is_missing(text)
        try:
            tree = self._environment.compile(text)
        except CELParseError as error:
            raise PolicyError(f"{_place(error)}not a CEL expression for {self.name}") from None
        return PureProgram(self._environment.program(tree, functions=self._functions))

    def activation(self, bindings: Mapping[str, Any]) -> Any:
        return {name: json_to_cel(value) for name, value in bindings.items()}

    def _refuse_what_is_missing(self, text: str) -> None:
        for node in walk(parse(text)):
            if not isinstance(node, Call) or node.function.endswith("_"):
                continue
            operands = len(node.arguments) + (node.target is not None)
            ours = _OURS.get(node.function)
            allowed = _ARITIES.get(node.function, ())
            known = ours and any(len(each.operands) == operands for each in ours.overloads)
            if operands not in allowed and not known:
                where = place(text, node.at)
                raise PolicyError(f"{where}: {self.name} has no function {node.function!r} of {operands} operands")


@dataclass(frozen=True)
class PureProgram:
    """A parsed expression."""

    runner: Any

    @property
    def gives(self) -> str:
        return ""  # this engine checks no types

    def evaluate(self, activation: Any) -> Any:
        try:
            return _json(self.runner.evaluate(activation))
        except CELEvalError as error:
            raise EvaluationError(_short(error)) from None
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            # What the package itself trips over, given a value that it did not expect.
            raise EvaluationError(f"{type(error).__name__} in {PureEngine.name}") from None

    def raw(self, activation: Any) -> Any:
        return self.evaluate(activation)


def _called(function: Function) -> Callable[..., Any]:
    """*function* for this engine: by the number and the types of its operands."""

    def call(*operands: Any) -> Any:
        plain = [_json(each) for each in operands]
        for overload in function.overloads:
            if len(overload.operands) == len(plain) and all(map(_fits, overload.operands, plain)):
                try:
                    return json_to_cel(overload.call(*plain))
                except ValueError as error:
                    raise CELEvalError(str(error)) from None
        raise CELEvalError(f"no matching overload of {function.name}")

    return call


def _fits(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind in ("bool", "dyn")
    return isinstance(value, _PYTHON.get(kind, object))


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _json(value: Any) -> Any:
    if isinstance(value, CELEvalError):
        raise EvaluationError(_short(value))
    if isinstance(value, (bool, celtypes.BoolType)):
        return bool(value)
    for plain in (int, float, str):
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, dict):
        return {_key(key): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if value is None:
        return None
    raise EvaluationError(f"the value is of a type that JSON has not: {type(value).__name__}")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise EvaluationError("a map has a key that is not a string")
    return str(key)


def _short(error: Exception) -> str:
    """The package's message without the values that it shows."""
    return str(error.args[0]).partition(" (in activation")[0].partition(" applied to")[0][:200] if error.args else ""


def _place(error: Any) -> str:
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    return f"line {line}, column {column}: " if line and column else ""
