"""
The conformance tests of the CEL specification (cel-spec, tests/simple/testdata) about JSON-like data.

They are read where they lie; ``CEL_SPEC`` names that folder. A test of messages of Protocol Buffers, of names in
packages, of an extension that Kubernetes has not, or of what is evaluated without having been checked, is none of ours.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from admission.errors import EvaluationError, PolicyError
from admission.policy.cel.cpp import CppEngine

FOLDER = Path(os.environ.get("CEL_SPEC", "/nowhere"))

#: The files that are about JSON-like data, and the extensions that Kubernetes has.
FILES = (
    *(
        "basic",
        "comparisons",
        "conversions",
        "fields",
        "fp_math",
        "integer_math",
        "lists",
        "logic",
        "macros",
        "macros2",
    ),
    *("namespace", "optionals", "parse", "plumbing", "string", "string_ext", "timestamps"),
)

#: What a test says that is about messages or packages.
_OTHERS = re.compile(r"TestAllTypes|google\.protobuf|proto[23]|NestedEnum|GlobalEnum|object_value|enum_value")

#: Fields of tests that are about more than an expression and its value.
_ABOUT_MORE = frozenset(
    {"container", "check_only", "disable_check", "disable_macros", "any_eval_errors", "unknown", "any_unknowns"}
)

_TOKEN = re.compile(
    r"\s+|#[^\n]*|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<word>[-+]?[A-Za-z0-9_.+-]+)|(?P<mark>[{}<>\[\]:,;])",
    re.DOTALL,
)

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Message = dict[str, list[Any]]


@dataclass(frozen=True)
class Trial:
    """One test: an expression, the values of its variables, and what it should give; ``FAILS`` where it should fail."""

    id: str
    expression: str
    values: dict[str, Any]
    expected: Any


FAILS = object()


def trials() -> Iterator[Trial]:
    """The tests that are ours."""
    for name in FILES:
        source = (FOLDER / f"{name}.textproto").read_text()
        for section in _parsed(source).get("section", []):
            for test in section.get("test", []):
                if not _is_another(test):
                    yield _trial(f"{name}/{section['name'][0].decode()}/{test['name'][0].decode()}", test)


def outcome(trial: Trial) -> str:
    """How the first engine does otherwise; empty where it does as it should."""
    engine = CppEngine(variables=trial.values)
    try:
        value = engine.compile(trial.expression).raw(engine.activation(trial.values))
    except (PolicyError, EvaluationError) as error:
        return "" if trial.expected is FAILS else f"{type(error).__name__}: {error}"
    if trial.expected is FAILS:
        return f"gives {value!r}"
    return "" if same(trial.expected, value) else f"gives {value!r}, not {trial.expected!r}"


def same(one: Any, other: Any) -> bool:
    """Equality where NaN is itself, and true is no number."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, bytes):
        return bytes(other) == one
    return type(one) is type(other) and bool(one == other)


def _is_another(test: Message) -> bool:
    return bool(
        _OTHERS.search(repr(test))
        or _ABOUT_MORE & test.keys()
        or "type_value" in repr(test.get("value", ""))
        or "typed_result" in test
    )


def _trial(id: str, test: Message) -> Trial:
    bindings = {
        binding["key"][0].decode(): _value(binding["value"][0]["value"][0]) for binding in test.get("bindings", [])
    }
    if "eval_error" in test:
        expected: Any = FAILS
    else:
        expected = _value(test["value"][0]) if "value" in test else True
    return Trial(id, test["expr"][0].decode(), bindings, expected)


def _value(message: Message) -> Any:
    ((kind, (given, *_)),) = message.items()
    match kind:
        case "bool_value":
            return given == "true"
        case "int64_value" | "uint64_value":
            return int(given, 0)
        case "double_value":
            return float(given)
        case "string_value":
            return given.decode()
        case "bytes_value":
            return given
        case "null_value":
            return None
        case "list_value":
            return [_value(each) for each in given.get("values", [])]
        case "map_value":
            entries = given.get("entries", [])
            return {_value(each["key"][0]): _value(each["value"][0]) for each in entries}
    raise ValueError(kind)


def _unescaped(text: str) -> bytes:
    """A text of the text format: its escapes are bytes, the rest is UTF-8."""
    found = b""
    for escape, plain in re.findall(
        r"\\([0-7]{1,3}|[xX][0-9A-Fa-f]{1,2}|[uU][0-9A-Fa-f]+|.)|([^\\]+)", text, re.DOTALL
    ):
        if plain:
            found += plain.encode()
        elif escape[0] in "01234567":
            found += bytes([int(escape, 8)])
        elif escape[0] in "xX":
            found += bytes([int(escape[1:], 16)])
        elif escape[0] in "uU":
            found += chr(int(escape[1:], 16)).encode()
        else:
            found += _ESCAPES.get(escape, escape).encode()
    return found


def _parsed(text: str) -> Message:
    """A message in the text format of Protocol Buffers: every field is a list."""
    tokens = [(found.lastgroup, found[0]) for found in _TOKEN.finditer(text) if found.lastgroup]
    return _message(iter([*tokens, ("mark", "}")]))


def _message(tokens: Iterator[tuple[str | None, str]]) -> Message:
    found: Message = {}
    kind, name = next(tokens)
    while name not in ("}", ">"):
        if name in (",", ";"):
            kind, name = next(tokens)
            continue
        kind, token = next(tokens)
        if token == ":":
            kind, token = next(tokens)
        if token in ("{", "<"):
            found.setdefault(name, []).append(_message(tokens))
            kind, name = next(tokens)
        elif kind == "string":
            text = b""
            while kind == "string":  # texts beside one another are one
                text += _unescaped(token[1:-1])
                kind, token = next(tokens)
            found.setdefault(name, []).append(text)
            name = token
        else:
            found.setdefault(name, []).append(token)
            kind, name = next(tokens)
    return found
