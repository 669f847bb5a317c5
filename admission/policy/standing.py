"""
Policies that cannot be used, and what becomes of the requests that they would have concerned: they fail closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from admission.errors import EvaluationError
from admission.model.finding import Action, Finding
from admission.policy.input import ReviewInput
from admission.policy.judgement import SPEC, Report
from admission.policy.load import LoadedBinding, LoadedPolicy, Scope
from admission.policy.match import concerns
from admission.policy.spec import Binding, FailurePolicy, Policy
from admission.policy.targets import Found

#: A binding of what cannot be used, what the policy would have concerned, and why it cannot be used.
Barred = tuple[Binding, Scope, str]


def barred(policies: Mapping[str, LoadedPolicy], bindings: Mapping[str, LoadedBinding]) -> Iterator[Barred]:
    """The bindings of what cannot be used."""
    for loaded in bindings.values():
        policy = policies.get(loaded.binding.policy_name) if loaded.binding else None
        if loaded.binding is not None and policy is not None and loaded.bound is None:
            why = (policy.problems or loaded.problems)[0]
            yield loaded.binding, policy.scope, f"{why.path}: {why.message}"


def unusable(them: tuple[Barred, ...], review: ReviewInput, report: Report) -> Iterator[Finding]:
    """A policy that cannot be used fails closed: what it would have concerned is not let through in silence."""
    whole = Found(SPEC, review.workflow, {})
    for binding, scope, why in them:
        denies = scope.failure_policy is FailurePolicy.FAIL and is_about(scope, review)
        # Nobody knows what it would have said, so that only an exception for everything covers it.
        if denies and may_concern(binding, review) and not report.exempts(scope.name, whole, granting=True):
            message = f"policy {scope.name} cannot be used: {why}"
            yield Finding(f"policy/{scope.name}", review.place(SPEC), message, binding.action or Action.AUDIT)


def is_about(policy: Scope | Policy, review: ReviewInput) -> bool:
    """Whether a policy is about the kind and operation of *review*."""
    return review.request.kind.kind in policy.kinds and review.request.operation in policy.operations


def may_concern(binding: Binding, review: ReviewInput) -> bool:
    """Whether *binding* concerns *review*, or nobody can know."""
    try:
        return concerns(binding, review)
    except EvaluationError:
        return True
