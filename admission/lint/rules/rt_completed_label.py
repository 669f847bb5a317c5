from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.path import Path

LABEL = "workflows.argoproj.io/completed"


@rule(
    kinds=("Workflow",),
    good="""
        metadata: {labels: {team: web}}
        """,
    bad="""
        metadata:
          labels:
            workflows.argoproj.io/completed: "true"  # finding
        """,
)
def rt_completed_label(workflow: Workflow) -> Iterator[Hit]:
    """
    A workflow that should run is not marked as completed.

    The controller does not look at workflows with the label workflows.argoproj.io/completed: one that has it from the
    beginning never starts. Certain, so denied; one that has run is not meant.
    """
    metadata, status = mapping(workflow.document.get("metadata")), mapping(workflow.document.get("status"))
    if workflow.kind == "Workflow" and not status.get("phase") and mapping(metadata.get("labels")).get(LABEL) == "true":
        yield Path(("metadata", "labels", LABEL)), "the controller takes the workflow for completed: remove the label"
