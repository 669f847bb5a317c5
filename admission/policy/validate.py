"""
Validations to findings.

One policy and one target at a time; ``plan.py`` does that for many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from enum import Enum
from typing import Any

from admission.errors import EvaluationError
from admission.model.document import Document
from admission.policy.access import authorizer, checks
from admission.policy.cel.engine import Engine
from admission.policy.cel.library.access import answering
from admission.policy.cel.reads import Reads, templated
from admission.policy.input import ReviewInput
from admission.policy.program import Bound, Check, Program, Variable
from admission.policy.targets import Found

#: Characters of a message or annotation that an expression makes: as many as `message` may have.
_LINE = 1024

#: Elements that a foreach may have.
MAX_EACH = 10_000


class Result(Enum):
    """What a validation came to, where that is not *true*."""

    VIOLATED = "violated"
    UNKNOWN = "unknown"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What one validation, grant or authorization says of one target.

    *granting*: it is about ``allow`` or ``authorize``. *why* something is unknown, if not because of ``{{…}}``.
    *placed*: it is about a place in what the author wrote, not in the Workflow.
    """

    result: Result
    message: str
    reason: str = ""
    granting: bool = False
    why: str = ""
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What a policy says of one target: *annotations* are keys and values."""

    outcomes: tuple[Outcome, ...]
    annotations: tuple[tuple[str, str], ...] = ()


NOTHING_TO_SAY = Judged(())


def judge(bound: Bound, found: Found, review: ReviewInput, engine: Engine) -> Judged:
    """What a policy says of the target *found*."""
    program, binding = bound
    try:
        values = variables_of(program.reads.names - {program.alias}, binding.params, review, found)
    except EvaluationError as error:
        return Judged((Outcome(Result.ERROR, str(error)),))
    values[program.alias] = found.object
    authored = {
        "object": found.object,
        "template": found.template,
        "pod": found.pod,
        "workflow": review.workflow,
    }
    if "peak" in values:
        authored["peak"] = values["peak"]
    with answering(checks(review)) if "authorizer" in program.reads.names else nullcontext():
        look = _Look(program, engine, values, authored)
        outcomes = tuple(outcome for check in program.checks for outcome in look.outcomes(check))
        annotations = tuple(look.annotations())
    if not outcomes and not annotations and not look.failed:
        return NOTHING_TO_SAY
    return Judged((*outcomes, *look.failed), annotations)


def variables_of(names: Iterable[str], params: Document, review: ReviewInput, found: Found | None) -> dict[str, Any]:
    """
    The values of the variables *names*; *found* is None for match conditions, which see the object as it came.

    ``EvaluationError`` where one of them is not available.
    """
    return {name: _value(name, params, review, found) for name in names if "." not in name}


def _value(name: str, params: Document, review: ReviewInput, found: Found | None) -> Any:
    match name:
        case "object":
            return review.object if found is None else found.object
        case "template":
            return found.template if found else {}
        case "pod":
            return found.pod if found else {}
        case "peak":
            return review.peak
        case "oldObject":
            return review.old_object
        case "request":
            return review.as_admission_request
        case "workflow":
            return review.workflow
        case "namespaceObject":
            return _namespace(review)
        case "authorizer":
            return authorizer(review)
    return params


def _namespace(review: ReviewInput) -> Document | None:
    try:
        return review.namespace_object
    except LookupError as error:
        raise EvaluationError(str(error.args[0])) from None


class _Look:
    """
    One policy's look at one target.

    *values* are those of its variables, *authored* what its author wrote, where values may not be known yet. *failed*
    collects the annotations that could not be made.
    """

    def __init__(
        self, program: Program, engine: Engine, values: Mapping[str, Any], authored: Mapping[str, Document]
    ) -> None:
        self._program = program
        self._engine = engine
        self._values = dict(values)
        self._authored = authored
        self._errors: dict[str, EvaluationError] = {}
        self.failed: list[Outcome] = []
        self._evaluate_variables()
        self._activation = engine.activation(self._values)

    def outcomes(self, check: Check) -> Iterator[Outcome]:
        """What *check* says, if it does not hold or cannot be known; the same only once."""
        try:
            yield from dict.fromkeys(self._outcomes(check))
        except EvaluationError as error:
            yield Outcome(Result.ERROR, self._why(error, check.listed), check.validation.reason)

    def _outcomes(self, check: Check) -> Iterator[Outcome]:
        if check.foreach is None:
            check.expression.weight.check(self._values)
            yield from self._outcome(check, self._activation, self._authored)
            return
        if _unknown(check.listed, self._authored):
            yield self._unknown(check)
            return
        check.foreach.weight.check(self._values)
        elements = check.foreach.elements(self._activation)
        if not isinstance(elements, list) or len(elements) > MAX_EACH:
            raise EvaluationError(f"foreach must give a list of at most {MAX_EACH} elements")
        check.expression.weight.check(self._values, elements)
        for element in elements:
            activation = self._engine.activation({**self._values, "each": element})
            yield from self._outcome(check, activation, {**self._authored, "each": element})

    def _outcome(self, check: Check, activation: Any, authored: Mapping[str, Any]) -> Iterator[Outcome]:
        """What *check* says of one element, or of the target itself."""
        if _unknown(check.reads, authored):
            yield self._unknown(check)
            return
        try:
            if not check.expression.holds(activation):
                yield Outcome(Result.VIOLATED, self._message(check, activation, authored), check.validation.reason)
        except EvaluationError as error:
            yield Outcome(Result.ERROR, self._why(error, check.reads), check.validation.reason)

    def _unknown(self, check: Check) -> Outcome:
        return Outcome(Result.UNKNOWN, check.validation.message or _default(check), check.validation.reason)

    def annotations(self) -> Iterator[tuple[str, str]]:
        for annotation in self._program.annotations:
            try:
                annotation.expression.weight.check(self._values)
                value = annotation.expression.evaluate(self._activation)
                if isinstance(value, str):
                    yield annotation.name, _line(value)
                elif value is not None:
                    raise EvaluationError("the value is no text")
            except EvaluationError as error:
                why = self._why(error, annotation.expression.reads)
                self.failed.append(Outcome(Result.ERROR, f"annotation {annotation.name}: {why}"))

    def _evaluate_variables(self) -> None:
        """The variables in their order. One that fails is left out, so that only who names it fails with it."""
        used = used_variables(self._program)
        values: Document = {}
        for variable in used:
            try:
                variable.expression.weight.check({**self._values, "variables": values})
                activation = self._engine.activation({**self._values, "variables": dict(values)})
                values[variable.name] = variable.expression.evaluate(activation)
            except EvaluationError as error:
                self._errors[f"variables.{variable.name}"] = error
        if used:
            self._values["variables"] = values

    def _message(self, check: Check, activation: Any, authored: Mapping[str, Any]) -> str:
        if check.message is not None:
            try:
                each = [authored["each"]] if "each" in authored else None
                check.message.weight.check(self._values, each)
                message = check.message.evaluate(activation)
                if isinstance(message, str) and message.strip():
                    return _line(message)
            except EvaluationError:
                return check.validation.message or _default(check)  # as in Kubernetes
        return check.validation.message or _default(check)

    def _why(self, error: EvaluationError, reads: Reads) -> str:
        """The error, or that of the variable that is its cause."""
        causes = (f"{name}: {cause}" for name, cause in self._errors.items() if name in reads.names)
        return next(causes, str(error))


def _unknown(reads: Reads, authored: Mapping[str, Any]) -> bool:
    """Whether something of what is read is known only when the workflow runs."""
    return any(
        templated(authored[str(place[0])], place[1:], mode) for place, mode in reads.telling if place[0] in authored
    )


def used_variables(program: Program) -> list[Variable]:
    """The variables that any check or annotation needs."""
    return [item for item in program.variables if f"variables.{item.name}" in program.reads.names]


def _default(check: Check) -> str:
    return _line(f"failed expression: {check.validation.expression}")


def _line(text: str) -> str:
    """*text* as one line that a person may read: what an author wrote into a field may be long."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE else f"{line[:_LINE]}…"
