"""What policies say of one request, as findings and audit annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.program import Bound
from admission.policy.spec import FailurePolicy, OnUnknown
from admission.policy.validate import Judged, Outcome, Result

#: The place of what is about a Workflow as a whole.
SPEC = Path(("spec",))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What policies say of one request: findings, and audit annotations by ``<policy>.<key>``."""

    findings: tuple[Finding, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)


class Report:
    """Collects what policies say; of the same finding by several bindings the strictest stays."""

    def __init__(self, review: ReviewInput) -> None:
        self._review = review
        self._findings: dict[tuple[str, Path, str], Finding] = {}
        self._annotations: dict[str, dict[str, None]] = {}

    def findings(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            key = (finding.source, finding.path, finding.message)
            other = self._findings.get(key)
            if other is None or Action.strictest([other.action, finding.action]) is not other.action:
                self._findings[key] = finding

    def judged(self, bound: Bound, judged: Judged, path: Path) -> None:
        """What a policy says of the target at *path* of the Workflow."""
        policy = bound[0].policy
        self.findings(_finding(bound, outcome, self._review.place(path)) for outcome in _kept(bound, judged))
        for key, value in judged.annotations:
            self._annotations.setdefault(f"{policy.name}.{key}", {})[value] = None

    def judgement(self) -> Judgement:
        annotations = {key: ", ".join(values) for key, values in self._annotations.items()}
        return Judgement(tuple(self._findings.values()), annotations)


def _kept(bound: Bound, judged: Judged) -> Iterator[Outcome]:
    """The outcomes that the policy wants to be findings."""
    policy = bound[0].policy
    for outcome in judged.outcomes:
        ignored = outcome.result is Result.ERROR and policy.failure_policy is FailurePolicy.IGNORE
        allowed = outcome.result is Result.UNKNOWN and policy.on_unknown is OnUnknown.ALLOW
        if not ignored and not allowed:
            yield outcome


def _finding(bound: Bound, outcome: Outcome, path: Path) -> Finding:
    program, binding = bound
    action, message = binding.action or Action.AUDIT, outcome.message
    if outcome.result is Result.ERROR:
        message = f"cannot be decided: {message}"
    elif outcome.result is Result.UNKNOWN:
        message = f"cannot be known before the workflow runs ({{{{…}}}}): {message}"
        if program.policy.on_unknown is OnUnknown.WARN and action is Action.DENY:
            action = Action.WARN
    return Finding(f"policy/{program.policy.name}", path, message, action, outcome.reason)
