from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, sequence
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    kinds=("WorkflowTaskSet",),
    action=Action.WARN,
    good="""
        kind: WorkflowTaskSet
        metadata:
          name: build
          ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Workflow, name: build, uid: u}]
        spec: {tasks: {}}
        """,
    bad="""
        kind: WorkflowTaskSet
        metadata:  # finding
          name: build
        spec: {tasks: {}}
        """,
)
def taskset_owner(workflow: Workflow) -> Iterator[Hit]:
    """
    A task set belongs to the workflow of its name.

    The controller makes it so. Another one is never read again, or stays when the workflow is gone: perhaps
    somebody made it by hand to have an agent run something. It may be a copy for a test, so it is a warning.
    """
    if workflow.kind != "WorkflowTaskSet":
        return
    owners = map(mapping, sequence(workflow.metadata.get("ownerReferences")))
    if not any(each.get("kind") == "Workflow" and each.get("name") == workflow.name for each in owners):
        yield Path(("metadata",)), "no owner is the Workflow of this name: task sets are made by the controller"
