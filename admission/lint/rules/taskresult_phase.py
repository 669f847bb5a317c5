from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, near, shown
from admission.lint.rule import Hit, rule
from admission.model.path import Path

PHASES = ("Pending", "Running", "Succeeded", "Skipped", "Failed", "Error", "Omitted")


@rule(
    kinds=("WorkflowTaskResult",),
    good="""
        kind: WorkflowTaskResult
        metadata: {name: build-1, labels: {workflows.argoproj.io/workflow: build}}
        phase: Failed
        """,
    bad="""
        kind: WorkflowTaskResult
        metadata: {name: build-1, labels: {workflows.argoproj.io/workflow: build}}
        phase: Finished  # finding
        """,
)
def taskresult_phase(workflow: Workflow) -> Iterator[Hit]:
    """
    The phase of a task result is one that nodes have.

    The controller writes it into the workflow as it is, and a node in an unknown phase never ends: certain, so
    denied.
    """
    phase = literal(workflow.document.get("phase")) if workflow.kind == "WorkflowTaskResult" else None
    if phase and phase not in PHASES:
        yield Path(("phase",)), f"{shown(phase)} is no phase of a node{near(phase, PHASES)}"
