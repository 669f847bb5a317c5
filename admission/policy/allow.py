"""
``allow``: who may use what.

As in Kubernetes' RBAC grants add up, over policies and bindings: lists by union, numbers by the largest. A dimension is
governed in a namespace as soon as any binding there names it, for whomever; whoever is not granted is then denied.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from admission.model.document import mapping
from admission.model.finding import Action
from admission.policy.grants import LIMITS, Grants, most
from admission.policy.input import ReviewInput
from admission.policy.judgement import SPEC, on_unknown
from admission.policy.program import Bound
from admission.policy.spec import OnUnknown
from admission.policy.targets import Found
from admission.policy.uses import Use
from admission.policy.uses.demand import Demand, Number, demand
from admission.policy.validate import Outcome, Result

_ACTIONS, _UNKNOWN = list(Action), list(OnUnknown)

#: What of a dimension a person reads.
_CALLED = {
    "serviceAccounts": "the service account",
    "images": "the image",
    "workflowTemplates": "the WorkflowTemplate",
    "clusterWorkflowTemplates": "the ClusterWorkflowTemplate",
    "templateTypes": "the template type",
    "secrets": "the Secret",
    "configMaps": "the ConfigMap",
    "persistentVolumeClaims": "the PersistentVolumeClaim",
    "volumeTypes": "the volume type",
    "priorityClasses": "the priority class",
    "nodeSelectors": "the node selector",
    "hosts": "the host",
    "manifests": "the resource action",
    "plugins": "the plugin",
}

#: Dimensions of references, which are gone once they are written out: `/mutate` judges them.
OF_REFERENCES = frozenset({"workflowTemplates", "clusterWorkflowTemplates"})


@dataclass(frozen=True, slots=True)
class Governing:
    """A binding that names dimensions where the request is. *granted*: it is about the request and whoever asks."""

    bound: Bound
    grants: Grants
    granted: bool


#: What is said of one place, and by which policy.
Said = tuple[Bound, Outcome, Found]


def judge(
    governing: Iterable[Governing], used: Iterable[Use], review: ReviewInput, *, limits: bool = True
) -> Iterator[Said]:
    """What of *used* is not granted, and, with *limits*, what is more than these."""
    there = _by_dimension(governing)
    for use in used:
        if use.dimension in there:
            yield from _use(there[use.dimension], use)
    limited = [name for name in LIMITS if f"limits.{name}" in there]
    if limits and limited:
        wanted = demand(review)
        for name in limited:
            yield from _limit(there[f"limits.{name}"], name, wanted, review)


def _by_dimension(governing: Iterable[Governing]) -> dict[str, list[Governing]]:
    found: dict[str, list[Governing]] = {}
    for each in governing:
        for dimension in each.grants.dimensions:
            found.setdefault(dimension, []).append(each)
    return found


def _use(there: list[Governing], use: Use) -> Iterator[Said]:
    if any(each.granted and each.grants.allows(use) for each in there):
        return
    what = f"{_CALLED[use.dimension]} {str(use)!r}" if str(use) else _CALLED[use.dimension]
    message = f"{what} is not among those that are allowed here"
    result = Result.UNKNOWN if use.why else Result.VIOLATED
    outcome = Outcome(result, message, granting=True, why=_why(use.why), placed=use.placed)
    yield _strictest(there), outcome, use.found


def _why(why: str) -> str:
    return f"cannot be known yet: {why}" if why else ""


def _limit(there: list[Governing], name: str, wanted: Demand, review: ReviewInput) -> Iterator[Said]:
    largest = most((each.grants for each in there if each.granted), name)
    allowed = 0 if largest is None else largest
    number, why = _wanted(name, wanted, review)
    if number <= allowed and not why:
        return
    path = SPEC / name if name in mapping(review.workflow.get("spec")) else SPEC
    if number > allowed:
        outcome = Outcome(
            Result.VIOLATED, f"{_amount(name, number)}; {_written(name, allowed)} is allowed here", granting=True
        )
    else:
        why = f"cannot be known yet: {why}"
        outcome = Outcome(Result.UNKNOWN, f"{name} may exceed {_written(name, allowed)}", granting=True, why=why)
    yield _strictest(there), outcome, Found(path, review.workflow, {})


def _wanted(name: str, wanted: Demand, review: ReviewInput) -> tuple[Number, str]:
    """How much of *name* the Workflow may use at least, and why nobody knows whether it is more."""
    match name:
        case "cpu":
            return wanted.cpu.number, wanted.cpu.why
        case "memory":
            return wanted.memory.number, wanted.memory.why
        case "pods":
            return wanted.pods.number, wanted.pods.why
        case "parallelism":
            return _parallelism(wanted, review), wanted.together.why
    seconds = mapping(review.workflow.get("spec")).get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return math.inf, ""
    return seconds, ""


def _parallelism(wanted: Demand, review: ReviewInput) -> Number:
    stated = mapping(review.workflow.get("spec")).get("parallelism")
    if isinstance(stated, int) and not isinstance(stated, bool) and stated > 0:
        return min(stated, wanted.together.number)
    return wanted.together.number


def _amount(name: str, number: Number) -> str:
    if number == math.inf:
        return f"{name} has no bound"
    return f"{name} may come to {_written(name, number)}"


def _written(name: str, number: Number) -> str:
    """*number* as a person writes it."""
    if name == "memory" and number >= 2**20:
        return f"{float(number) / 2**30:.4g}Gi" if number >= 2**30 else f"{float(number) / 2**20:.4g}Mi"
    return f"{float(number):.12g}"


def _strictest(there: list[Governing]) -> Bound:
    """The binding that is strictest, in whose name a denial is."""

    def order(each: Governing) -> tuple[int, int, str, str]:
        program, binding = each.bound
        action = binding.action or Action.AUDIT
        unknown = on_unknown(program.policy, granting=True)
        return _ACTIONS.index(action), _UNKNOWN.index(unknown), program.policy.name, binding.name

    return min(there, key=order).bound
