"""Documents to compiled policies and bindings, one at a time; what cannot be used is said, and what was good stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from admission.errors import PolicyError
from admission.model.document import Document, mapping, name_of, sequence
from admission.model.near import meant
from admission.model.path import Path
from admission.policy import schema
from admission.policy.cel.engine import Engine
from admission.policy.exceptions import Exemption, key_of
from admission.policy.program import Bound, Program, Unusable
from admission.policy.spec import Binding, FailurePolicy, Policy, Problem

GROUP = "argo-admission.io"
POLICY, BINDING, EXCEPTION = "WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"

#: Characters of an audit annotation's key, after the webhook's name.
_AUDITED = 63

_STAYS = "the version before it stays in force"


@dataclass(frozen=True)
class Scope:
    """As much of a policy as can be read of one that cannot be used: what it would have concerned."""

    name: str
    kinds: frozenset[str]
    operations: frozenset[str]
    failure_policy: FailurePolicy

    @classmethod
    def of(cls, document: Document) -> Scope:
        properties = schema.properties(POLICY)
        spec = mapping(document.get("spec"))

        def either(field: str) -> frozenset[str]:
            """The names that are some of those that the schema has, or its default."""
            allowed = properties[field]["items"]["enum"]
            return frozenset(name for name in sequence(spec.get(field)) if name in allowed) or frozenset(
                properties[field]["default"]
            )

        ignored = spec.get("failurePolicy") == FailurePolicy.IGNORE.value
        failure_policy = FailurePolicy.IGNORE if ignored else FailurePolicy.FAIL
        return cls(name_of(document), either("kinds"), either("operations"), failure_policy)


@dataclass(frozen=True)
class LoadedPolicy:
    """
    A policy as it is in force.

    *spec* is what *problems* are about; where there are any, *program* is of an earlier version, or None.
    """

    spec: object
    scope: Scope
    program: Program | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class LoadedBinding:
    """
    A binding as it is in force.

    *bound* is the policy and the binding that fit one another; None where they never did. *binding* is None where not
    even its form is right.
    """

    binding: Binding | None
    bound: Bound | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class LoadedException:
    """
    An exception as it is in force; *exemption* is None where it never could be used.

    *counts*: the configuration names its namespace.
    """

    spec: object
    exemption: Exemption | None
    counts: bool
    problems: tuple[Problem, ...] = ()


def load_policy(document: Document, engine: Engine, before: LoadedPolicy | None) -> LoadedPolicy:
    """*document* as a policy; *before* is what is in force under its name."""
    spec = document.get("spec")
    if before is not None and before.spec == spec:
        return before
    problems = tuple(_problems(POLICY, document, schema.wrong(POLICY, document, engine)))
    problems = problems or tuple(_problems(POLICY, document, _unauditable(document)))
    if not problems:
        complete = schema.defaulted(POLICY, document)
        try:
            program = Program.of(Policy.from_document(complete), engine)
            return LoadedPolicy(spec, Scope.of(complete), program)
        except Unusable as error:
            problems = (Problem(POLICY, name_of(document), error.path, str(error)),)
    earlier = before.program if before else None
    return LoadedPolicy(spec, Scope.of(document), earlier, tuple(_staying(problems, earlier is not None)))


def _unauditable(document: Document) -> Iterator[schema.Wrong]:
    """Audit annotations that the API server would drop without telling anybody."""
    for index, annotation in enumerate(sequence(mapping(document["spec"]).get("auditAnnotations"))):
        if len(f"{name_of(document)}.{annotation['key']}") > _AUDITED:
            place = Path(("spec", "auditAnnotations", index, "key"))
            yield place, f"with the policy's name and a dot before it, it has more than {_AUDITED} characters"


def load_binding(
    document: Document,
    engine: Engine,
    policies: Mapping[str, LoadedPolicy],
    rule_ids: Collection[str] | None,
    before: LoadedBinding | None,
) -> LoadedBinding:
    """*document* as a binding of one of *policies*, or of one of the rules *rule_ids* (None: any may exist)."""
    problems = tuple(_problems(BINDING, document, schema.wrong(BINDING, document, engine)))
    if problems:
        kept = before if before and before.binding else LoadedBinding(None)
        return replace(kept, problems=tuple(_staying(problems, kept.binding is not None)))
    binding = Binding.from_document(schema.defaulted(BINDING, document))
    if binding.rule_id:
        return LoadedBinding(binding, problems=tuple(_unknown_rule(binding, rule_ids)))
    policy = policies.get(binding.policy_name)
    if policy is None:
        return LoadedBinding(binding, problems=(_unknown_policy(binding, policies),))
    if policy.program is None:
        return LoadedBinding(binding)
    problems = tuple(_problems(BINDING, document, unfit(binding, policy.program)))
    if not problems:
        return LoadedBinding(binding, (policy.program, binding))
    earlier = before.bound if before else None
    return LoadedBinding(binding, earlier, tuple(_staying(problems, earlier is not None)))


def unfit(binding: Binding, program: Program) -> Iterator[schema.Wrong]:
    """Why *binding* does not fit the policy that it binds."""
    if binding.param_ref is not None:
        return  # what they are is known only at a request
    for path, message in program.params.wrong(binding.params):
        yield Path(("spec", "params", *path)), f"{message} (paramSchema of {binding.policy_name})"


def load_exception(document: Document, engine: Engine, counts: bool) -> LoadedException:
    """*document* as an exception. One that cannot be used exempts nothing: nothing of it stays in force."""
    spec = document.get("spec")
    problems = tuple(_problems(EXCEPTION, document, schema.wrong(EXCEPTION, document, engine)))
    if problems:
        return LoadedException(spec, None, counts, problems)
    try:
        return LoadedException(spec, Exemption.from_document(schema.defaulted(EXCEPTION, document)), counts)
    except PolicyError as error:
        problem = Problem(EXCEPTION, key_of(document), Path(("spec", "expires")), str(error))
        return LoadedException(spec, None, counts, (problem,))


def _problems(kind: str, document: Document, wrong: Iterator[schema.Wrong]) -> Iterator[Problem]:
    name = key_of(document) if kind == EXCEPTION else name_of(document)
    return (Problem(kind, name, path, message) for path, message in wrong)


def _staying(problems: tuple[Problem, ...], stays: bool) -> Iterator[Problem]:
    return (replace(problem, message=f"{problem.message}; {_STAYS}") if stays else problem for problem in problems)


def _unknown_rule(binding: Binding, rule_ids: Collection[str] | None) -> Iterator[Problem]:
    if rule_ids is not None and binding.rule_id not in rule_ids:
        yield _unnamed(binding, "rule", binding.rule_id, rule_ids)


def _unknown_policy(binding: Binding, policies: Mapping[str, LoadedPolicy]) -> Problem:
    return _unnamed(binding, "WorkflowPolicy", binding.policy_name, policies)


def _unnamed(binding: Binding, what: str, name: str, known: Collection[str]) -> Problem:
    message = f"no {what} is called {name!r}{meant(name, known)}"
    return Problem(BINDING, binding.name, Path(("spec", "policyName")), message)
