"""
Validations to findings.

A target is judged by what its policies read of it, and by nothing else. Where that is all that they read, what they say
is remembered by it: the hundredth container with the same image and resources costs one look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice, repeat
from typing import Any, TypeAlias

import orjson

from admission.errors import EvaluationError
from admission.model.document import Document
from admission.policy.cel.batch import Batch, Question
from admission.policy.cel.engine import Engine
from admission.policy.cel.expression import Expression
from admission.policy.cel.reads import Reads, templated
from admission.policy.input import ReviewInput
from admission.policy.program import Bound, Check, Program, Variable
from admission.policy.spec import Binding, Target
from admission.policy.targets import Found

#: Elements that a foreach may have.
MAX_EACH = 10_000

#: What is remembered of one set of policies: so many targets, none larger than so many bytes.
_REMEMBERED, _REMEMBERED_BYTES = 4096, 4096

#: Variables that say the same for every request: the target itself, and the binding's params.
_OF_THE_TARGET = {
    Target.WORKFLOW: frozenset({"object", "workflow", "params"}),
    Target.TEMPLATE: frozenset({"object", "template", "params"}),
    Target.CONTAINER: frozenset({"object", "container", "params"}),
}


class Result(Enum):
    """What a validation came to, where that is not *true*."""

    VIOLATED = "violated"
    UNKNOWN = "unknown"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one validation says of one target."""

    result: Result
    message: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a policy says of one target: *annotations* are keys and values."""

    outcomes: tuple[Outcome, ...]
    annotations: tuple[tuple[str, str], ...] = ()


_NOTHING_TO_SAY = Judged(())

#: What several policies say of one target; those that say nothing are left out.
Said: TypeAlias = tuple[tuple[Bound, Judged], ...]


@dataclass(frozen=True)
class Plan:
    """
    Policies, each with a binding, that judge the same targets.

    *alone* are those that look at nothing but the target, *fields* the fields that these read, None for all; *batch*
    asks them all at once. *memory* holds what they said, by the text of these fields. It never changes what is said, so
    that threads may share it.
    """

    engine: Engine
    alone: tuple[Bound, ...]
    others: tuple[Bound, ...]
    fields: frozenset[str] | None
    batch: Batch | None
    memory: dict[bytes, Said] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, engine: Engine, bound: Iterable[Bound]) -> Plan:
        ours = tuple(bound)
        alone = tuple(one for one in ours if _is_alone(one[0]))
        others = tuple(one for one in ours if not _is_alone(one[0]))
        batch = Batch.of(engine, [_question(*one) for one in alone]) if all(map(_is_plain, alone)) else None
        return cls(engine, alone, others, _fields([program.reads for program, _ in alone]), batch)

    def judge(self, targets: Iterable[Found], review: ReviewInput) -> Iterator[tuple[Found, Bound, Judged]]:
        """What each policy says of each of *targets*; nothing of those that are as they should be."""
        found = list(targets)
        said = self._said_alone(found, review) if self.alone else repeat(())
        for target, known in zip(found, said, strict=False):
            for bound, judged in known:
                yield target, bound, judged
            for bound in self.others:
                judged = judge(bound, target, review, self.engine)
                if judged is not _NOTHING_TO_SAY:
                    yield target, bound, judged

    def _said_alone(self, targets: list[Found], review: ReviewInput) -> list[Said]:
        """What those policies say that look at nothing but the target, for each of *targets*."""
        keys = [self._key(target.object) for target in targets]
        fresh = {key: target for key, target in zip(keys, targets, strict=True) if key and key not in self.memory}
        clean = self._clean(fresh)
        known = {key: self._said(target, review) for key, target in fresh.items() if key not in clean}
        known.update(dict.fromkeys(clean, ()))
        said = [
            self._said(target, review) if key is None else known[key] if key in known else self.memory[key]
            for key, target in zip(keys, targets, strict=True)
        ]
        self._remember(known)
        return said

    def _clean(self, fresh: Mapping[bytes, Found]) -> set[bytes]:
        """Those of *fresh* that are wholly known and as they should be."""
        if self.batch is None:
            return set()
        settled = [key for key in fresh if b"{{" not in key]
        answers = self.batch.holds([fresh[key].object for key in settled])
        return {key for key, holds in zip(settled, answers, strict=True) if holds is True}

    def _said(self, target: Found, review: ReviewInput) -> Said:
        each = ((bound, judge(bound, target, review, self.engine)) for bound in self.alone)
        return tuple((bound, judged) for bound, judged in each if judged is not _NOTHING_TO_SAY)

    def _remember(self, known: Mapping[bytes, Said]) -> None:
        if len(self.memory) + len(known) > _REMEMBERED:
            self.memory.clear()
        for key, said in islice(known.items(), _REMEMBERED):
            if len(key) <= _REMEMBERED_BYTES:
                self.memory[key] = said

    def _key(self, target: Document) -> bytes | None:
        """All that decides what the policies say of *target*; None where that cannot be written down."""
        seen = target if self.fields is None else {name: target[name] for name in self.fields if name in target}
        try:
            return orjson.dumps(seen)
        except TypeError:  # a number beyond 64 bits, half a surrogate pair: rare, and judged anew each time
            return None


def _is_alone(program: Program) -> bool:
    """Whether a policy looks at nothing but its target."""
    names = (name for name in program.reads.names if "." not in name)
    return _OF_THE_TARGET[program.policy.target].issuperset(names)


def _is_plain(bound: Bound) -> bool:
    """Whether a policy is made of nothing but expressions on its target."""
    program = bound[0]
    return not program.annotations and not any(check.foreach for check in program.checks)


def _question(program: Program, binding: Binding) -> Question:
    names = program.reads.names
    return Question(
        checks=tuple(check.expression.text for check in program.checks),
        variables=tuple((item.name, item.expression.text) for item in used_variables(program)),
        params=binding.params,
        alias=next(iter(names & _OF_THE_TARGET[program.policy.target] - {"object", "params"}), ""),
    )


def used_variables(program: Program) -> list[Variable]:
    """The variables that any check or annotation needs."""
    return [item for item in program.variables if f"variables.{item.name}" in program.reads.names]


def _fields(reads: Iterable[Reads]) -> frozenset[str] | None:
    fields = [one.fields("object") for one in reads]
    if any(one is None for one in fields):
        return None
    return frozenset().union(*(one for one in fields if one is not None))


def judge(bound: Bound, found: Found, review: ReviewInput, engine: Engine) -> Judged:
    """What a policy says of the target *found*."""
    program, binding = bound
    try:
        values = variables_of(program.reads.names, binding.params, review, found)
    except EvaluationError as error:
        return Judged((Outcome(Result.ERROR, str(error)),))
    look = _Look(
        program, engine, values, {"object": found.object, "template": found.template, "workflow": review.workflow}
    )
    outcomes = tuple(outcome for check in program.checks for outcome in look.outcomes(check))
    annotations = tuple(look.annotations())
    if not outcomes and not annotations and not look.failed:
        return _NOTHING_TO_SAY
    return Judged((*outcomes, *look.failed), annotations)


def variables_of(names: Iterable[str], params: Document, review: ReviewInput, found: Found | None) -> dict[str, Any]:
    """
    The values of the variables *names*; *found* is None for match conditions, which see the object as it came.

    ``EvaluationError`` where one of them is not available.
    """
    return {name: _value(name, params, review, found) for name in names if "." not in name and name != "each"}


def _value(name: str, params: Document, review: ReviewInput, found: Found | None) -> Any:
    match name:
        case "object" | "container":
            return review.object if found is None else found.object
        case "template":
            return found.template if found else {}
        case "oldObject":
            return review.old_object
        case "request":
            return review.as_admission_request
        case "workflow":
            return review.workflow
        case "namespaceObject":
            return _namespace(review)
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
            yield from self._outcome(check, self._activation, self._authored)
            return
        if _unknown(check.listed, self._authored):
            yield self._unknown(check)
            return
        elements = check.foreach.evaluate(self._activation)
        if not isinstance(elements, list) or len(elements) > MAX_EACH:
            raise EvaluationError(f"foreach must give a list of at most {MAX_EACH} elements")
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
                yield Outcome(Result.VIOLATED, self._message(check, activation), check.validation.reason)
        except EvaluationError as error:
            yield Outcome(Result.ERROR, self._why(error, check.reads), check.validation.reason)

    def _unknown(self, check: Check) -> Outcome:
        return Outcome(Result.UNKNOWN, check.validation.message or _default(check), check.validation.reason)

    def annotations(self) -> Iterator[tuple[str, str]]:
        for annotation in self._program.annotations:
            try:
                value = annotation.expression.evaluate(self._activation)
                if isinstance(value, str):
                    yield annotation.name, value
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
                activation = self._engine.activation({**self._values, "variables": dict(values)})
                values[variable.name] = variable.expression.evaluate(activation)
            except EvaluationError as error:
                self._errors[f"variables.{variable.name}"] = error
        if used:
            self._values["variables"] = values

    def _message(self, check: Check, activation: Any) -> str:
        if check.message is not None:
            try:
                message = check.message.evaluate(activation)
                if isinstance(message, str) and message.strip():
                    return message
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
        templated(authored[str(place[0])], place[1:], mode) for place, mode in reads.places if place[0] in authored
    )


def _default(check: Check) -> str:
    return f"failed expression: {' '.join(check.validation.expression.split())}"


def condition_that_fails(conditions: Iterable[Variable], binding: Binding, review: ReviewInput, engine: Engine) -> str:
    """
    The name of the first match condition that is false; empty where all are true.

    As in Kubernetes one that is false outweighs one that fails. ``EvaluationError`` where one fails and none is false.
    """
    failure: EvaluationError | None = None
    for condition in conditions:
        try:
            if not _condition_holds(condition.expression, binding, review, engine):
                return condition.name
        except EvaluationError as error:
            failure = failure or EvaluationError(f"matchCondition {condition.name}: {error}")
    if failure:
        raise failure
    return ""


def _condition_holds(expression: Expression, binding: Binding, review: ReviewInput, engine: Engine) -> bool:
    values = variables_of(expression.reads.names, binding.params, review, None)
    return expression.holds(engine.activation(values))
