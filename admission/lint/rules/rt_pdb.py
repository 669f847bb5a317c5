from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    good="""
        spec:
          podDisruptionBudget: {minAvailable: 1}
        """,
    bad="""
        spec:
          podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}  # finding
        """,
)
def rt_pdb(workflow: Workflow) -> Iterator[Hit]:
    """
    A disruption budget has one bound.

    Kubernetes refuses one with both minAvailable and maxUnavailable; Argo then tries again for ever, and nothing
    starts. Certain, so denied. One with neither protects nothing: a warning.
    """
    budget = workflow.spec.get("podDisruptionBudget")
    if isinstance(budget, dict):
        bounds = [name for name in ("minAvailable", "maxUnavailable") if budget.get(name) is not None]
        if len(bounds) != 1:
            said = "give it minAvailable or maxUnavailable, one of them"
            yield workflow.spec_path / "podDisruptionBudget", said, Action.DENY if bounds else Action.WARN
