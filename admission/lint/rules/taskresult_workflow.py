from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, text
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    kinds=("WorkflowTaskResult",),
    action=Action.WARN,
    good="""
        kind: WorkflowTaskResult
        metadata: {name: build-123, labels: {workflows.argoproj.io/workflow: build}}
        phase: Succeeded
        """,
    bad="""
        kind: WorkflowTaskResult
        metadata:  # finding
          name: deploy-123
          labels: {workflows.argoproj.io/workflow: build}
        phase: Succeeded
        """,
)
def taskresult_workflow(workflow: Workflow) -> Iterator[Hit]:
    """
    A task result names the workflow of its node.

    The controller finds it by the label workflows.argoproj.io/workflow, and takes its name for the id of a node,
    which begins with the name of the workflow. Any other is never read, or is somebody's forgery. The label is cut
    where the name is long, so it is a warning.
    """
    if workflow.kind != "WorkflowTaskResult":
        return
    owner = text(mapping(workflow.metadata.get("labels")).get("workflows.argoproj.io/workflow"))
    if not owner:
        yield Path(("metadata",)), "give it the label workflows.argoproj.io/workflow: without it nobody reads it"
    elif not workflow.name.startswith(owner):
        yield Path(("metadata",)), f"the name is that of no node of the workflow {owner!r}"
