"""A policy, compiled: every expression ready, and what each reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from admission.errors import PolicyError
from admission.model.document import Document
from admission.model.path import Path
from admission.policy.cel.engine import Engine
from admission.policy.cel.expression import Expression, compiled
from admission.policy.cel.reads import ANY, NO_READS, Mode, Reads, Value, union, whole
from admission.policy.grants import Grants
from admission.policy.merging import untouchable
from admission.policy.schema import Schema
from admission.policy.spec import Binding, Mutation, Policy, Target, Validation, the_same
from admission.policy.weaker import IMAGE, weakens

#: What a match condition may name: the request as it came.
_REQUEST = ("object", "oldObject", "request", "params", "namespaceObject", "authorizer")

#: What else there is, by target.
_BY_TARGET: dict[Target, tuple[str, ...]] = {
    Target.WORKFLOW: ("workflow", "peak"),
    Target.TEMPLATE: ("workflow", "template"),
    Target.POD: ("workflow", "template", "pod"),
    Target.CONTAINER: ("workflow", "template", "pod", "container"),
}

#: Names of ``object``, by target: what is read through them is read of ``object``.
_ALIASES = {
    Target.WORKFLOW: "workflow",
    Target.TEMPLATE: "template",
    Target.POD: "pod",
    Target.CONTAINER: "container",
}


class Unusable(PolicyError):
    """A policy cannot be used because of what stands at *path*."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Variable:
    """A named expression, and all that it reads, the variables included that it names."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Check:
    """
    A validation.

    *reads*: what its result depends on, its message left aside; with a *foreach* for one element, which is
    ``each``. *listed*: what the list of *foreach* depends on.
    """

    validation: Validation
    expression: Expression
    foreach: Expression | None
    message: Expression | None
    reads: Reads
    listed: Reads


@dataclass(frozen=True)
class Change:
    """A mutation. *fragment*: the expression that gives what is merged, where it is not written out."""

    mutation: Mutation
    fragment: Expression | None


@dataclass(frozen=True)
class Program:
    """
    A compiled policy.

    *reads* is what all of its validations and annotations depend on: with the same values there, they say the same.
    *asks* is one and the same object for all policies with the same match conditions; None where these see params.
    """

    policy: Policy
    params: Schema
    conditions: tuple[Variable, ...]
    asks: object
    variables: tuple[Variable, ...]
    checks: tuple[Check, ...]
    annotations: tuple[Variable, ...]
    changes: tuple[Change, ...]
    grants: Grants | None
    reads: Reads

    @classmethod
    def of(cls, policy: Policy, engine: Engine) -> Program:
        """*policy*, compiled; ``Unusable`` where it cannot be used."""
        return _Compiler(policy, engine).program()

    @property
    def alias(self) -> str:
        """The other name of ``object``."""
        return _ALIASES[self.policy.target]

    @property
    def judges(self) -> bool:
        return bool(self.checks or self.annotations)


#: A policy and one of its bindings.
Bound: TypeAlias = tuple[Program, Binding]


class _Compiler:
    """Compiles the parts of one policy; *known* grows with the variables."""

    def __init__(self, policy: Policy, engine: Engine) -> None:
        self._policy = policy
        self._engine = engine
        self._names = (*_REQUEST, *_BY_TARGET[policy.target])
        self._known = {_ALIASES[policy.target]: Value(frozenset({("object",)}))}
        self._variables: dict[str, Variable] = {}

    def program(self) -> Program:
        policy = self._policy
        conditions = tuple(self._conditions())
        for index, variable in enumerate(policy.variables):
            self._add_variable(Path(("spec", "variables", index, "expression")), variable.name, variable.expression)
        checks = tuple(self._check(index, validation) for index, validation in enumerate(policy.validations))
        annotations = tuple(self._annotations())
        return Program(
            policy=policy,
            params=self._params(),
            conditions=conditions,
            asks=_asks(conditions),
            variables=tuple(self._variables.values()),
            checks=checks,
            annotations=annotations,
            changes=tuple(self._change(index, mutation) for index, mutation in enumerate(policy.mutations)),
            grants=self._grants(),
            reads=union([*_everything_read(checks), *(item.expression.reads for item in annotations)]),
        )

    def _params(self) -> Schema:
        with _at(Path(("spec", "paramSchema"))):
            return Schema.of(self._policy.param_schema or {})

    def _grants(self) -> Grants | None:
        with _at(Path(("spec", "allow", "limits"))):
            return None if self._policy.allow is None else Grants.of(self._policy.allow)

    def _conditions(self) -> Iterator[Variable]:
        for index, condition in enumerate(self._policy.match_conditions):
            with _at(Path(("spec", "matchConditions", index, "expression"))):
                yield Variable(condition.name, compiled(self._engine, condition.expression, _REQUEST, wanted="bool"))

    def _add_variable(self, path: Path, name: str, text: str) -> None:
        with _at(path):
            if name in self._variables:
                raise PolicyError(f"{name!r} is already the name of a variable")
            expression = self._expression(text)
        self._variables[name] = Variable(name, expression)
        self._known[f"variables.{name}"] = expression.reads.value

    def _annotations(self) -> Iterator[Variable]:
        for index, annotation in enumerate(self._policy.audit_annotations):
            with _at(Path(("spec", "auditAnnotations", index, "valueExpression"))):
                expression = self._expression(annotation.expression)
                yield Variable(annotation.name, replace(expression, reads=whole(expression.reads)))

    def _check(self, index: int, validation: Validation) -> Check:
        path = Path(("spec", "validations", index))
        foreach = message = None
        names = self._names
        if validation.foreach:
            with _at(path / "foreach"):
                foreach = self._expression(validation.foreach, wanted="list")
            names = (*names, "each")
        with _at(path / "expression"):
            expression = self._expression(validation.expression, names, "bool")
        if validation.message_expression:
            with _at(path / "messageExpression"):
                message = self._expression(validation.message_expression, names, "string")
        listed = _sized(foreach.reads) if foreach else NO_READS
        return Check(validation, expression, foreach, message, whole(expression.reads), listed)

    def _change(self, index: int, mutation: Mutation) -> Change:
        path = Path(("spec", "mutations", index))
        if mutation.fragment is not None:
            field = path / ("set" if mutation.overrides else "default")
            _check_fragment(mutation, mutation.fragment, field)
            return Change(mutation, None)
        with _at(path / ("setExpression" if mutation.overrides else "defaultExpression")):
            names = ("object", "params", "request", "namespaceObject", *_BY_TARGET[mutation.target])
            return Change(mutation, compiled(self._engine, mutation.expression, names, wanted="map"))

    def _expression(self, text: str, names: tuple[str, ...] | None = None, wanted: str = "") -> Expression:
        """*text*, compiled, with all that its variables read among what it reads."""
        copies = {f"variables.{name}": variable.expression.copies for name, variable in self._variables.items()}
        expression = compiled(self._engine, text, names or self._names, self._known, copies, wanted)
        used = [self._variables[name.removeprefix("variables.")] for name in expression.reads.names if "." in name]
        everything = union([expression.reads, *(variable.expression.reads for variable in used)])
        return replace(expression, reads=replace(everything, value=expression.reads.value))


def _asks(conditions: tuple[Variable, ...]) -> object:
    if any("params" in condition.expression.reads.names for condition in conditions):
        return None
    return the_same(tuple((condition.name, condition.expression.text) for condition in conditions))


def _check_fragment(mutation: Mutation, fragment: Document, path: Path) -> None:
    """Refuses a fragment that may not be merged."""
    if mutation.target is Target.WORKFLOW and (strange := untouchable(fragment)):
        raise Unusable(path, f"no mutation may touch {', '.join(strange)} of a Workflow")
    if mutation.allow_weaker:
        return
    for below, why in weakens(fragment):
        # An image that is not there is not changed by one that is.
        if mutation.overrides or why != IMAGE:
            raise Unusable(path.join(below), f"{why}: say `allowWeaker: true` if that is meant")


def _sized(found: Reads) -> Reads:
    """*found* where the result is a list whose elements are gone through: one that is not known yet has none."""
    places = found.places | {(place, Mode.SIZE) for place in found.value.places}
    return replace(found, places=places)


def _everything_read(checks: tuple[Check, ...]) -> Iterator[Reads]:
    """What checks and their messages depend on; the elements of a list are read where the list comes from."""
    for check in checks:
        element = check.listed.value.step(ANY)
        yield check.listed
        yield _of_element(check.reads, element)
        if check.message:
            yield _of_element(whole(check.message.reads), element)


def _of_element(reads: Reads, element: Value) -> Reads:
    """*reads*, with what is read of ``each`` read of the places that it comes from."""
    places = {
        ((*origin, *place[1:]), mode)
        for place, mode in reads.places
        for origin in (element.all_places() if place[0] == "each" else [place[:1]])
    }
    return replace(reads, places=frozenset(places), names=reads.names - {"each"})


@contextmanager
def _at(path: Path) -> Iterator[None]:
    """Says of a PolicyError where in the policy it comes from."""
    try:
        yield
    except Unusable:
        raise
    except PolicyError as error:
        raise Unusable(path, str(error)) from None
