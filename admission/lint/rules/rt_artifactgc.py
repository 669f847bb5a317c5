from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.artifacts import artifacts_of
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping

STRATEGIES = ("OnWorkflowCompletion", "OnWorkflowDeletion", "Never")


@rule(
    mentions=("artifactGC",),
    good="""
        spec:
          artifactGC: {strategy: OnWorkflowDeletion}
        """,
    bad="""
        spec:
          artifactGC:
            strategy: Sometimes  # finding
        """,
)
def rt_artifactgc(workflow: Workflow) -> Iterator[Hit]:
    """
    The strategy by which artifacts are deleted is one that Argo has.

    With another the workflow can never be deleted, because its finalizer waits for that: certain, so denied.
    """
    own = (workflow.spec_path, workflow.spec)
    for path, holder in (own, *artifacts_of(workflow.graph)):
        strategy = literal(mapping(holder.get("artifactGC")).get("strategy")) if holder.get("artifactGC") else None
        if strategy and strategy not in STRATEGIES:
            said = f"{shown(strategy)} is no strategy: use one of {', '.join(STRATEGIES)}"
            yield path.join(("artifactGC", "strategy")), said
