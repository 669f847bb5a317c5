"""What is certainly wrong with an expression, wherever it is evaluated: its grammar, its functions, its variables."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from admission.argo.languages import LanguageError, expr

#: The functions that Argo adds to those of the language.
FUNCTIONS = expr.BUILTINS | {"asInt", "asFloat", "jsonpath", "toJson"}

#: The first parts of all variables that Argo ever gives to an expression.
ROOTS = frozenset(
    {"workflow", "steps", "tasks", "inputs", "outputs", "item", "pod", "node", "retries", "lastRetry", "sprig", "$env"}
)

_SPRIG = Path(__file__).parent / "data" / "sprig.txt"


@cache
def sprig() -> frozenset[str]:
    """The functions of the library ``sprig``."""
    lines = _SPRIG.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def problem_of(text: str, roots: frozenset[str] = ROOTS, value: str = "", functions: frozenset[str] = FUNCTIONS) -> str:
    """
    Why *text* can never be evaluated; the empty text where it perhaps can.

    *roots* are the variables that there are, by their first part, *functions* those that can be called; *value* is the
    type that is asked for.
    """
    try:
        expression = expr.parse(text)
    except LanguageError as error:
        return f"not an expression, at character {error.offset + 1}: {error}"
    for call in expression.calls:
        if problem := _of_call(call.parts, functions):
            return problem
    for path in expression.names:
        if path.parts[0] not in roots and path.parts[0] not in functions:
            return _unknown(text, path)
    if value and expression.type not in ("", value):
        return f"the value is a {expression.type}, and must be a {value}"
    return ""


def _of_call(parts: tuple[str, ...], functions: frozenset[str]) -> str:
    if parts[0] == "sprig" and len(parts) == 2 and parts[1] not in sprig():
        return f"sprig has no function {parts[1]!r}{_near(parts[1], sprig())}"
    if len(parts) == 1 and parts[0] not in functions:
        return f"there is no function {parts[0]!r}{_near(parts[0], functions)}"
    return ""


def _near(name: str, names: frozenset[str]) -> str:
    found = get_close_matches(name, sorted(names), 1) if len(name) < 100 else []
    return f": did you mean {found[0]!r}?" if found else ""


def _unknown(text: str, path: expr.Path) -> str:
    """What to say of a variable that does not exist; a hyphen may have torn a name apart."""
    if text[: path.start].rstrip().endswith("-"):
        return f"the hyphen before {path.parts[0]!r} is read as a minus: write names with hyphens as ['a-b']"
    return f"there is no variable {path.parts[0]!r}"
