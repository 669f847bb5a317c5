"""
Which policies concern one request.

A thousand bindings ask few questions: what equal ones ask is asked once, and the values that match conditions see are
made ready once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from admission.errors import EvaluationError
from admission.policy.access import checks
from admission.policy.allow import Governing
from admission.policy.cel.engine import Engine
from admission.policy.cel.expression import Expression
from admission.policy.cel.library.access import answering
from admission.policy.input import ReviewInput
from admission.policy.match import concerns, is_there
from admission.policy.params import with_params
from admission.policy.program import Bound, Program
from admission.policy.spec import Binding
from admission.policy.validate import variables_of

T = TypeVar("T")


class Matching:
    """The answers about one request."""

    def __init__(self, review: ReviewInput, engine: Engine) -> None:
        self._review, self._engine = review, engine
        # By what is asked about, its id.
        self._concerned: dict[int, bool | EvaluationError] = {}
        self._there: dict[int, bool | EvaluationError] = {}
        self._failing: dict[int, str | EvaluationError] = {}
        self._values: dict[frozenset[str], tuple[dict[str, Any], Any]] = {}

    def concerning(self, program: Program, binding: Binding) -> Bound | None:
        """
        The policy with its params, where binding and match conditions let the request through.

        ``EvaluationError`` where nobody can know.
        """
        # Most do not concern it, and of most that is known already.
        known = self._failing.get(id(program.asks)) if program.asks is not None else None
        if (known and isinstance(known, str)) or self._concerned.get(id(binding.reach)) is False:
            return None
        if not self._concerns(binding) or (program.asks is not None and self._fails(program, binding)):
            return None
        complete = with_params(program, binding, self._review)
        return (program, complete) if complete is not None and not self._fails(program, complete) else None

    def governing(self, program: Program, binding: Binding) -> Governing | None:
        """
        *binding*, if its policy grants something where the request is.

        Where nobody can know whether it is about the request and whoever asks, it governs and grants nothing.
        """
        if program.grants is None:
            return None
        try:
            there = _once(self._there, binding.reach, lambda: is_there(binding, self._review))
            complete = with_params(program, binding, self._review) if there else None
            if complete is None or self._fails(program, complete):
                return None
            granted = self._concerns(binding)
        except EvaluationError:
            granted = False
        return Governing((program, binding), program.grants, granted)

    def _concerns(self, binding: Binding) -> bool:
        return _once(self._concerned, binding.reach, lambda: concerns(binding, self._review))

    def _fails(self, program: Program, binding: Binding) -> str:
        """The name of the first match condition that is false; empty where all are true."""
        if not program.conditions:
            return ""
        if program.asks is None:
            return self._first_that_fails(program, binding)
        return _once(self._failing, program.asks, lambda: self._first_that_fails(program, binding))

    def _first_that_fails(self, program: Program, binding: Binding) -> str:
        """As in Kubernetes one that is false outweighs one that fails, which is an ``EvaluationError``."""
        failure: EvaluationError | None = None
        for condition in program.conditions:
            try:
                if not self._holds(condition.expression, binding):
                    return condition.name
            except EvaluationError as error:
                failure = failure or EvaluationError(f"matchCondition {condition.name}: {error}")
        if failure:
            raise failure
        return ""

    def _holds(self, expression: Expression, binding: Binding) -> bool:
        values, activation = self._activation(expression, binding)
        expression.weight.check(values)
        asks = "authorizer" in expression.reads.names
        with answering(checks(self._review)) if asks else nullcontext():
            return expression.holds(activation)

    def _activation(self, expression: Expression, binding: Binding) -> tuple[dict[str, Any], Any]:
        """The values that *expression* sees, also as the engine has them; shared by all that do not see params."""
        names = expression.reads.names
        found = self._values.get(names)
        if found is None:
            values = variables_of(names, binding.params, self._review, None)
            found = values, self._engine.activation(values)
            if "params" not in names:
                self._values[names] = found
        return found


def _once(known: dict[int, T | EvaluationError], about: object, ask: Callable[[], T]) -> T:
    """The answer about an object, asked once; an ``EvaluationError`` is an answer, too."""
    answer = known.get(id(about))
    if answer is None:
        try:
            answer = ask()
        except EvaluationError as error:
            answer = error
        known[id(about)] = answer
    if isinstance(answer, EvaluationError):
        raise answer
    return answer
