"""
One question about many targets: do all policies hold?

Most targets are as they should be, and a call of the engine costs more than what it evaluates. So the expressions of
several policies are written into one, over a list of targets. Where it says *true* of a target, nothing is said of
it; where it says *false*, or fails, each expression is asked by itself. All texts in it are expressions by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from admission.errors import EvaluationError, PolicyError
from admission.model.document import Document
from admission.policy.cel.engine import Engine, Program

#: Targets in one question. cel-cpp makes a new list for every answer: 128 cost half as much again as four times 32.
_TOGETHER = 32


@dataclass(frozen=True)
class Asked:
    """One validation: the texts of its expression and, if it has one, of its foreach."""

    expression: str
    foreach: str = ""


@dataclass(frozen=True)
class Question:
    """
    What one policy asks of a target: its checks, the variables that these use, and the binding's params.

    *names* are the variables that it names, *alias* the other name of ``object``.
    """

    checks: tuple[Asked, ...]
    variables: tuple[tuple[str, str], ...]
    params: Document
    names: frozenset[str]
    alias: str


@dataclass(frozen=True)
class Batch:
    """
    Questions about every target, as one expression. Make it with :meth:`of`.

    *within*: they look at the template that the target is in, too.
    """

    engine: Engine
    program: Program
    params: list[Document] = field(compare=False)
    within: bool

    @classmethod
    def of(cls, engine: Engine, questions: Sequence[Question]) -> Batch | None:
        """All *questions* as one; None where the engine does not take it."""
        if not questions:
            return None
        asked = " &&\n".join(_asked(index, question) for index, question in enumerate(questions))
        within = any("template" in question.names - {question.alias} for question in questions)
        if within:
            asked = f"[target.object].all(object, [target.template].all(template, {asked}))"
        try:
            program = engine.compile(f"targets.map({'target' if within else 'object'}, {asked})")
        except PolicyError:
            return None
        return cls(engine, program, [question.params for question in questions], within)

    def holds(self, targets: Sequence[tuple[Document, Document]], workflow: Document) -> list[bool]:
        """
        For each of *targets* whether all questions are answered with *true*; false also where nobody can say.

        A target comes with the template that it is in.
        """
        asked = [{"object": target, "template": template} if self.within else target for target, template in targets]
        return [
            answer
            for start in range(0, len(asked), _TOGETHER)
            for answer in self._holds(asked[start : start + _TOGETHER], workflow)
        ]

    def _holds(self, targets: list[Document], workflow: Document) -> list[bool]:
        values = {"targets": targets, "bindings": self.params, "workflow": workflow}
        try:
            answers: list[bool] = self.program.raw(self.engine.activation(values))
            return answers
        except EvaluationError:
            if len(targets) == 1:
                return [False]
            # One of them fails, or all together take too many iterations.
            half = len(targets) // 2
            return self._holds(targets[:half], workflow) + self._holds(targets[half:], workflow)


def _asked(index: int, question: Question) -> str:
    """One question as an expression on ``object``. A list of one element gives a value a name."""
    asked = " && ".join(map(_check, question.checks))
    for number in range(len(question.variables) - 1, -1, -1):
        earlier = [f"'{name}': variables.{name}" for name, _ in question.variables[:number]]
        name, text = question.variables[number]
        values = ", ".join([*earlier, f"'{name}': ({text}\n)"])
        asked = f"[{{{values}}}].all(variables, {asked})"
    if question.alias in question.names:
        asked = f"[object].all({question.alias}, {asked})"
    return f"[bindings[{index}]].all(params, {asked})" if "params" in question.names else asked


def _check(check: Asked) -> str:
    if not check.foreach:
        return f"({check.expression}\n) == true"
    each = f"elements.all(each, ({check.expression}\n) == true)"
    return f"[({check.foreach}\n)].all(elements, type(elements) == list && {each})"
