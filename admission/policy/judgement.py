"""What policies say of one request, as findings and audit annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.policy.exceptions import Exemption
from admission.policy.input import ReviewInput
from admission.policy.program import Bound
from admission.policy.spec import FailurePolicy, OnUnknown, Policy
from admission.policy.targets import Found
from admission.policy.validate import Judged, Outcome, Result

#: Why something is unknown, where nothing else is said.
NOT_BEFORE_IT_RUNS = "cannot be known before the workflow runs ({{…}})"

#: The place of what is about a Workflow as a whole.
SPEC = Path(("spec",))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What policies say of one request: findings, and audit annotations by ``<policy>.<key>``; who was *asked*."""

    findings: tuple[Finding, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = field(default=frozenset(), compare=False)


class Report:
    """
    Collects what policies say; of the same finding by several bindings the strictest stays.

    *exemptions* are those that are about the object under review: what one of them covers is no finding.
    """

    def __init__(self, review: ReviewInput, exemptions: Iterable[Exemption] = ()) -> None:
        self._review = review
        self._exemptions = tuple(exemptions)
        self._findings: dict[tuple[str, Path, str], Finding] = {}
        self._annotations: dict[str, dict[str, None]] = {}

    def findings(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            key = (finding.source, finding.path, finding.message)
            other = self._findings.get(key)
            if other is None or Action.strictest([other.action, finding.action]) is not other.action:
                self._findings[key] = finding

    def judged(self, bound: Bound, judged: Judged, found: Found) -> None:
        """What a policy says of the target *found* of the Workflow."""
        policy = bound[0].policy
        kept = (outcome for outcome in _kept(policy, judged) if not self.exempts(policy.name, found, outcome.granting))
        for outcome in kept:
            place = found.path if outcome.placed else self._review.place(found.path)
            self.findings([_finding(bound, outcome, place, _called(found, place))])
        for key, value in judged.annotations:
            self._annotations.setdefault(f"{policy.name}.{key}", {})[value] = None

    def exempts(self, policy_name: str, found: Found, granting: bool) -> bool:
        """Whether one exception, alone, covers what that policy says of *found*."""
        return any(each.covers(policy_name, found, granting) for each in self._exemptions)

    def judgement(self, asked: Iterable[str] = ()) -> Judgement:
        annotations = {key: ", ".join(values) for key, values in self._annotations.items()}
        return Judgement(tuple(self._findings.values()), annotations, frozenset(asked))


def on_unknown(policy: Policy, granting: bool) -> OnUnknown:
    """What becomes of what is not known yet; *granting*: of what ``allow`` and ``authorize`` ask."""
    return policy.on_unknown or (OnUnknown.DENY if granting else OnUnknown.WARN)


def _kept(policy: Policy, judged: Judged) -> Iterator[Outcome]:
    """The outcomes that the policy wants to be findings."""
    for outcome in judged.outcomes:
        ignored = outcome.result is Result.ERROR and policy.failure_policy is FailurePolicy.IGNORE
        unknown = outcome.result is Result.UNKNOWN
        if not ignored and not (unknown and on_unknown(policy, outcome.granting) is OnUnknown.ALLOW):
            yield outcome


def _called(found: Found, place: Path) -> str:
    """What a finding calls *found* where its place does not show it: what a reference brought in, or nobody wrote."""
    shows = found.template and "templates" in place and place[-1] not in ("templateRef", "template", "onExit")
    return "" if shows or not found.label else f"{found.label}: "


def _finding(bound: Bound, outcome: Outcome, path: Path, called: str) -> Finding:
    program, binding = bound
    action, message = binding.action or Action.AUDIT, outcome.message
    if outcome.result is Result.ERROR:
        message = f"cannot be decided: {message}"
    elif outcome.result is Result.UNKNOWN:
        message = f"{outcome.why or NOT_BEFORE_IT_RUNS}: {message}"
        if on_unknown(program.policy, outcome.granting) is OnUnknown.WARN and action is Action.DENY:
            action = Action.WARN
    return Finding(f"policy/{program.policy.name}", path, called + message, action, outcome.reason)
