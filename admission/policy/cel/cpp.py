"""The default engine: Google's cel-cpp, by the package cel-expr-python."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

from admission.errors import EvaluationError, PolicyError
from admission.policy.cel.engine import VARIABLES
from admission.policy.cel.library import FUNCTIONS, Function, Overload
from admission.policy.cel.rewrite import rewritten

#: What Kubernetes' own CEL has besides the standard, as far as this engine has it, too.
_EXTENSIONS = ("two-var-comprehensions", "sets", "strings", "optional")

#: ``INVALID_ARGUMENT: ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')``, then the line and a mark.
_PLACE = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")

_STATUS = re.compile(r"^[A-Z_]+: ")


class CppEngine:
    """See ``Engine``. An evaluation ends after 9,999 iterations, and no expression nests deeper than 32."""

    name = "cel-expr-python"

    def __init__(self, variables: Iterable[str] = VARIABLES) -> None:
        extensions = "".join(f"- name: {name}\n" for name in _EXTENSIONS)
        self._environment = cel.NewEnv(
            config=cel.NewEnvConfigFromYaml("extensions:\n" + extensions),
            variables=dict.fromkeys(variables, cel.Type.DYN),
            functions=list(map(_declared, FUNCTIONS)),
        )

    def compile(self, text: str) -> CppProgram:
        try:
            return CppProgram(self._environment.compile(rewritten(text)))
        except PolicyError:
            raise
        except Exception as error:  # the binding raises RuntimeError for all that may be wrong
            raise PolicyError(_readable(str(error))) from None

    def activation(self, bindings: Mapping[str, Any]) -> Any:
        return self._environment.Activation(bindings)


@dataclass(frozen=True)
class CppProgram:
    """A checked expression."""

    expression: Any

    @property
    def gives(self) -> str:
        # ``LIST<INT>`` is a list. Types that JSON lacks are what nobody wants.
        kind = str(self.expression.return_type().name()).partition("<")[0].lower()
        return "" if kind == "dyn" else kind

    def evaluate(self, activation: Any) -> Any:
        value = self.raw(activation)
        return value if isinstance(value, (bool, str, int)) else _json(value)

    def raw(self, activation: Any) -> Any:
        try:
            value = self.expression.eval(activation)
            result = value.plain_value()
        except Exception as error:  # over the budget, or a value that has no form in CEL, such as half a surrogate pair
            raise EvaluationError(_short(str(error))) from None
        # An evaluation that fails gives a value, too: its type is ERROR, and its plain value says why.
        if isinstance(result, str) and value.type() == cel.Type.ERROR:
            raise EvaluationError(_short(result))
        return result


#: Our names of types, as the engine has them.
_TYPES = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "null": cel.Type.NULL,
    "bool": cel.Type.BOOL,
    "list": cel.Type.LIST,
    "map": cel.Type.MAP,
    "opaque": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
    "dyn": cel.Type.DYN,
}


def _declared(function: Function) -> Any:
    return cel.FunctionDecl(function.name, [_overload(function.name, each) for each in function.overloads])


def _overload(name: str, overload: Overload) -> Any:
    return cel.Overload(
        "_".join((name, *overload.operands)),
        return_type=_TYPES[overload.result],
        parameters=[_TYPES[operand] for operand in overload.operands],
        is_member=overload.member,
        impl=overload.call,
    )


def _json(value: Any) -> Any:
    """*value* as JSON has it. ``EvaluationError`` for what JSON lacks: bytes, types, keys that are no text."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise EvaluationError("a map has a key that is not a string")
        return {key: _json(value[key]) for key in sorted(value)}  # cel-cpp has no order of keys
    if isinstance(value, list):
        return [_json(item) for item in value]
    if value is None or isinstance(value, (bool, str, int, float)):
        return value
    if isinstance(value, (datetime.datetime, datetime.timedelta)):
        raise EvaluationError("the value is a time or duration: write string(…) around it")
    raise EvaluationError(f"the value is of a type that JSON has not: {type(value).__name__}")


def _readable(message: str) -> str:
    """cel-cpp's words for a failed compilation as one line that begins with the place."""
    found = _PLACE.search(message)
    if found is None:
        return _short(message)
    line, column, said = found.groups()
    said = said.replace(" (in container '')", "").partition(" expecting {")[0]
    place = f"line {line}, column {column}: " if int(line) > 0 else ""
    return place + said.replace(" [INVALID_ARGUMENT]", "")


def _short(message: str) -> str:
    first = message.partition("\n")[0]
    return re.sub(r" \[[A-Z_]+\]$", "", _STATUS.sub("", first)).replace("Key not found in map : ", "no such key: ")
