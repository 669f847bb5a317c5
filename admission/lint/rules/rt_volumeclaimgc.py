from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          volumeClaimGC: {strategy: OnWorkflowCompletion}
        """,
    bad="""
        spec:
          volumeClaimGC: {strategy: Always}  # finding
        """,
)
def rt_volumeclaimgc(workflow: Workflow) -> Iterator[Hit]:
    """
    The strategy by which claims are deleted is one that Argo has.

    With another the claims are never deleted. The workflow itself runs, so it is a warning.
    """
    strategy = mapping(workflow.spec.get("volumeClaimGC")).get("strategy")
    if strategy not in (None, "", "OnWorkflowCompletion", "OnWorkflowSuccess"):
        said = f"{shown(str(strategy))} is no strategy: use OnWorkflowCompletion or OnWorkflowSuccess"
        yield workflow.spec_path.join(("volumeClaimGC", "strategy")), said
