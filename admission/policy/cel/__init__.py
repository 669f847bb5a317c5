"""CEL: compile once, evaluate often. The only importer of CEL engines."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from admission.errors import ConfigurationError
from admission.policy.cel.engine import Engine

#: The engines that a configuration may name.
ENGINES = ("cel-expr-python", "cel-python")

#: The first, where there is a wheel of it.
DEFAULT = ENGINES[0] if find_spec("cel_expr_python") else ENGINES[1]


@cache
def engine(name: str) -> Engine:
    """The engine of that name. ``ConfigurationError`` where there is none, or where it is not installed."""
    try:
        if name == "cel-expr-python":
            from admission.policy.cel.cpp import CppEngine

            return CppEngine()
        if name == "cel-python":
            from admission.policy.cel.pure import PureEngine

            return PureEngine()
    except ImportError as error:
        raise ConfigurationError(f"the CEL engine {name} is not installed here: {error}") from error
    raise ConfigurationError(f"no CEL engine is called {name!r}: use one of {', '.join(ENGINES)}")
