"""What an engine for CEL can do. There are two: Google's cel-cpp (``cpp.py``) and cel-python (``pure.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

#: The variables that expressions may name. Which of them mean something depends on the place: ``expression.py``.
VARIABLES = (
    "object",
    "oldObject",
    "request",
    "params",
    "namespaceObject",
    "authorizer",
    "variables",
    "workflow",
    "template",
    "pod",
    "peak",
    "container",
    "each",
    "self",
    # These are of batch.py, and in no policy.
    "targets",
    "target",
    "elements",
    "bindings",
)


class Program(Protocol):
    """A compiled expression."""

    @property
    def gives(self) -> str:
        """What its value surely is: ``bool``, ``string``, ``list``, ``map`` …; empty where that shows only later."""

    def evaluate(self, activation: Any) -> Any:
        """The value as JSON has it, with what ``Engine.activation`` made. ``EvaluationError`` where there is none."""

    def raw(self, activation: Any) -> Any:
        """The same, not made JSON, for another activation of this engine alone."""


class Engine(Protocol):
    """Compiles expressions and prepares the values that they see."""

    name: str

    def compile(self, text: str) -> Program:
        """*text*, ready to be evaluated. ``PolicyError`` with its place where this engine cannot run it exactly."""

    def activation(self, bindings: Mapping[str, Any]) -> Any:
        """Values by variable, made ready once for any number of expressions. *bindings* must not change afterwards."""
