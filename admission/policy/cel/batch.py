"""
One question about many targets: do all policies hold?

Most targets are as they should be, and a call of the engine costs more than what it evaluates. So the expressions of
several policies are written into one, over a list of targets. Where it says *true* of a target, nothing is said of
it; where it says *false*, or fails, each expression is asked by itself. All texts in it are expressions by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from admission.errors import EvaluationError, PolicyError
from admission.model.document import Document
from admission.policy.cel.engine import Engine, Program

#: Targets in one question: with the iterations of usual expressions well below those that the engine allows.
_TOGETHER = 128


@dataclass(frozen=True)
class Question:
    """
    What one policy asks of a target: the texts of its checks, of the variables that they use, and the binding's params.

    *alias* is another name of ``object``, where one is used.
    """

    checks: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    params: Document
    alias: str


@dataclass(frozen=True)
class Batch:
    """Questions about every target, as one expression. Make it with :meth:`of`."""

    engine: Engine
    program: Program
    params: list[Document] = field(compare=False)

    @classmethod
    def of(cls, engine: Engine, questions: Sequence[Question]) -> Batch | None:
        """All *questions* as one; None where the engine does not take it."""
        if not questions:
            return None
        asked = " &&\n".join(_asked(index, question) for index, question in enumerate(questions))
        try:
            program = engine.compile(f"targets.map(object, {asked})")
        except PolicyError:
            return None
        return cls(engine, program, [question.params for question in questions])

    def holds(self, targets: Sequence[Document]) -> list[bool]:
        """For each of *targets* whether all questions are answered with *true*; False also where nobody can say."""
        return [
            answer
            for start in range(0, len(targets), _TOGETHER)
            for answer in self._holds(list(targets[start : start + _TOGETHER]))
        ]

    def _holds(self, targets: list[Document]) -> list[bool]:
        try:
            activation = self.engine.activation({"targets": targets, "bindings": self.params})
            answers: list[Any] = self.program.evaluate(activation)
            return answers
        except EvaluationError:
            if len(targets) == 1:
                return [False]
            # One of them fails, or all together take too many iterations.
            half = len(targets) // 2
            return self._holds(targets[:half]) + self._holds(targets[half:])


def _asked(index: int, question: Question) -> str:
    """One question as an expression on ``object``. A list of one element gives a value a name."""
    asked = " && ".join(f"({check}\n) == true" for check in question.checks)
    for number in range(len(question.variables) - 1, -1, -1):
        earlier = [f"'{name}': variables.{name}" for name, _ in question.variables[:number]]
        name, text = question.variables[number]
        values = ", ".join([*earlier, f"'{name}': ({text}\n)"])
        asked = f"[{{{values}}}].all(variables, {asked})"
    if question.alias:
        asked = f"[object].all({question.alias}, {asked})"
    return f"[bindings[{index}]].all(params, {asked})"
