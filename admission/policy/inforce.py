"""Every question that is put to the policies and bindings that are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import TypeAlias

from admission.errors import EvaluationError
from admission.model.finding import Action
from admission.policy import allow, authorize, cel, recall, signing
from admission.policy.exceptions import Exemption
from admission.policy.input import ReviewInput
from admission.policy.judgement import SPEC, Judgement, Report
from admission.policy.load import LoadedBinding, LoadedException, LoadedPolicy, Scope
from admission.policy.match import concerns, in_namespaces
from admission.policy.matching import Matching
from admission.policy.mutate import Mutated, mutate
from admission.policy.plan import Plan
from admission.policy.program import Bound, Program
from admission.policy.spec import Binding, Target
from admission.policy.standing import Barred, barred, is_about, unusable
from admission.policy.targets import Found
from admission.policy.uses import uses
from admission.policy.validate import Judged, Outcome, Result

#: Distinct sets of policies for which what they said is remembered.
_PLANS = 64

#: Kinds, operations and namespaces for which we know which policies may concern them.
_NAMES = 4096


#: A policy and a binding, by their index, with params from a ConfigMap as text.
Choice: TypeAlias = tuple[int, bytes]


@dataclass(frozen=True)
class InForce:
    """
    Policies, bindings and exceptions, compiled.

    *exceptions* by namespace and name; they count only in namespaces that one of *exception_namespaces*, globs, names.
    """

    engine: str = cel.DEFAULT
    policies: Mapping[str, LoadedPolicy] = field(default_factory=dict)
    bindings: Mapping[str, LoadedBinding] = field(default_factory=dict)
    exceptions: Mapping[str, LoadedException] = field(default_factory=dict)
    exception_namespaces: tuple[str, ...] = ()
    _by_name: dict[tuple[str, str, str], tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    _plans: dict[tuple[Target, tuple[Choice, ...]], Plan] = field(default_factory=dict, compare=False, repr=False)

    def concerned(self, kind: str, operation: str, namespace: str | None = None) -> bool:
        """Whether any policy may have something to say; cheap, and true rather once too often. None: any namespace."""
        bindings = self._by_request.get((kind, operation), ())
        return any(namespace is None or in_namespaces(binding.match_resources, namespace) for binding in bindings)

    @cached_property
    def mutates(self) -> bool:
        """Whether any policy that is bound changes anything."""
        return any(program.changes for program, _ in self._bound)

    def validate(self, review: ReviewInput) -> Judgement:
        """What the validations and audit annotations of all policies that concern *review* say."""
        review = review.judged
        report = Report(review, self._exemptions(review))
        report.findings(unusable(self._barred, review, report))
        chosen: dict[Target, dict[Choice, Bound]] = {}
        asked = dict(self._asked(review, report, lambda program: program.judges or bool(program.policy.authorize)))
        for choice, bound in asked.items():
            if bound[0].judges:
                chosen.setdefault(bound[0].policy.target, {})[choice] = bound
        for target in Target:
            if target in chosen:
                plan = self._plan(target, chosen[target])
                for found, bound, judged in recall.hits(plan, target, review):
                    report.judged(bound, judged, found)
        self._judge_grants(review, report, asked.values())
        return report.judgement(bound[0].policy.name for bound in asked.values())

    def references(self, review: ReviewInput) -> Judgement:
        """
        What ``allow`` and ``authorize`` say of the templates that *review* refers to.

        It is for whoever writes them out: afterwards nobody sees who referred to what.
        """
        review = review.judged
        report = Report(review, self._exemptions(review))
        asked = dict(self._asked(review, report, lambda program: bool(program.policy.authorize & allow.OF_REFERENCES)))
        self._judge_grants(review, report, asked.values(), references=True)
        return report.judgement()

    @cached_property
    def signs(self) -> bool:
        """Whether any policy that is bound asks for signatures."""
        return any(program.policy.signatures is not None for program, _ in self._bound)

    def signatures(self, review: ReviewInput, templates: signing.Templates) -> Judgement:
        """What ``signatures`` asks of the *templates* that *review* is, or reaches."""
        if not self.signs:
            return Judgement()
        review = review.judged
        report = Report(review, self._exemptions(review))
        asked = dict(self._asked(review, report, lambda program: program.policy.signatures is not None)).values()
        used = uses(review) if asked else ()
        for bound in asked:
            wanted = signing.Signing.from_document(bound[0].policy.signatures or {})
            if wanted.concerns(used):
                for outcome, found in signing.judge(bound, wanted, templates, review):
                    report.judged(bound, Judged((outcome,)), found)
        return report.judgement()

    def mutate(self, review: ReviewInput) -> Mutated:
        """
        The Workflow of *review* with the mutations of all policies that concern it.

        Only Workflows are changed, and only when they are created: of another object it is the one that it would start.
        """
        chosen, warnings, matching = [], [], self._matching(review)
        for program, binding in self._bound:
            policy = program.policy
            if not program.changes or "Workflow" not in policy.kinds or "CREATE" not in policy.operations:
                continue
            try:
                if bound := matching.concerning(program, binding):
                    chosen.append(bound)
            except EvaluationError as error:
                warnings.append(f"policy/{policy.name}: nothing was changed: {error}")
        made = mutate(chosen, review, cel.engine(self.engine))
        return replace(made, warnings=(*warnings, *made.warnings))

    def strictness(self, review: ReviewInput) -> dict[str, Action | None]:
        """By rule id: what bindings want its findings to do; None where they want them not at all."""
        wanted: dict[str, list[Action | None]] = {}
        for loaded in self.bindings.values():
            binding = loaded.binding
            if binding is not None and binding.rule_id and _concerns_or_is_strict(binding, review):
                wanted.setdefault(binding.rule_id, []).append(binding.action)
        return {rule: _strictest(actions) for rule, actions in wanted.items()}

    @cached_property
    def _bound(self) -> tuple[Bound, ...]:
        """Every policy with every binding of it, in the order of their names."""
        pairs = [loaded.bound for loaded in self.bindings.values() if loaded.bound]
        return tuple(sorted(pairs, key=lambda pair: (pair[0].policy.name, pair[1].name)))

    @cached_property
    def _granting(self) -> frozenset[int]:
        """Those of ``_bound`` that grant something."""
        return frozenset(index for index, (program, _) in enumerate(self._bound) if program.grants is not None)

    @cached_property
    def _barred(self) -> tuple[Barred, ...]:
        return tuple(barred(self.policies, self.bindings))

    @cached_property
    def _by_request(self) -> dict[tuple[str, str], list[Binding]]:
        """By kind and operation: the bindings of the policies, usable or not, that are about these."""
        pairs = [(binding, scope) for binding, scope, _ in self._barred]
        pairs += [(binding, _scope(program)) for program, binding in self._bound]
        found: dict[tuple[str, str], list[Binding]] = {}
        for binding, scope in pairs:
            for key in product(scope.kinds, scope.operations):
                found.setdefault(key, []).append(binding)
        return found

    def _exemptions(self, review: ReviewInput) -> list[Exemption]:
        """The exceptions that count now and are about the object of *review*."""
        usable = (one.exemption for one in self.exceptions.values() if one.counts and one.exemption)
        return [exemption for exemption in usable if exemption.concerns(review)]

    def _asked(
        self, review: ReviewInput, report: Report, wanted: Callable[[Program], bool]
    ) -> Iterator[tuple[Choice, Bound]]:
        """The policies that are *wanted* and concern *review*; where nobody can know, their failure policy decides."""
        matching = self._matching(review)
        for index in self._candidates(review):
            program, binding = self._bound[index]
            if not wanted(program):
                continue
            try:
                bound = matching.concerning(program, binding)
            except EvaluationError as error:
                outcome = Outcome(Result.ERROR, str(error))
                report.judged((program, binding), Judged((outcome,)), Found(SPEC, review.workflow, {}))
                continue
            if bound is not None:
                yield (index, b"" if binding.param_ref is None else repr(bound[1].params).encode()), bound

    def _judge_grants(
        self, review: ReviewInput, report: Report, authorizing: Iterable[Bound], *, references: bool = False
    ) -> None:
        """What is used and not granted, and what RBAC does not allow, of which *authorizing* may ask."""
        matching, granting = self._matching(review), self._granting.intersection(self._candidates(review))
        governing = (matching.governing(*self._bound[index]) for index in sorted(granting))
        there = [each for each in governing if each is not None]
        asking = [bound for bound in authorizing if bound[0].policy.authorize]
        if not there and not asking:
            return
        used = uses(review)
        if references:
            used = tuple(use for use in used if use.dimension in allow.OF_REFERENCES)
        for bound, outcome, found in allow.judge(there, used, review, limits=not references):
            report.judged(bound, Judged((outcome,)), found)
        for bound in asking:
            for outcome, found in authorize.judge(bound, used, review):
                report.judged(bound, Judged((outcome,)), found)

    def _matching(self, review: ReviewInput) -> Matching:
        return Matching(review, cel.engine(self.engine))

    def _candidates(self, review: ReviewInput) -> tuple[int, ...]:
        """Those of ``_bound`` that kind, operation and namespace let through."""
        request = review.request
        key = (request.kind.kind, request.operation, request.namespace)
        known = self._by_name.get(key)
        if known is None:
            known = tuple(
                index
                for index, (program, binding) in enumerate(self._bound)
                if is_about(program.policy, review) and in_namespaces(binding.match_resources, request.namespace)
            )
            if len(self._by_name) >= _NAMES:
                self._by_name.clear()
            self._by_name[key] = known
        return known

    def _plan(self, target: Target, chosen: Mapping[Choice, Bound]) -> Plan:
        key = (target, tuple(chosen))
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[key] = Plan.of(cel.engine(self.engine), chosen.values())
        return plan


def _scope(program: Program) -> Scope:
    policy = program.policy
    return Scope(policy.name, policy.kinds, policy.operations, policy.failure_policy)


def _concerns_or_is_strict(binding: Binding, review: ReviewInput) -> bool:
    """Where nobody can know whether a binding concerns the request, it counts if it denies."""
    try:
        return concerns(binding, review)
    except EvaluationError:
        return binding.action is Action.DENY


def _strictest(actions: Iterable[Action | None]) -> Action | None:
    given = [action for action in actions if action is not None]
    return Action.strictest(given) if given else None
