from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.labels import key_problem, metadata_problems
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          workflowMetadata: {labels: {team: web}}
        """,
    bad="""
        spec:
          workflowMetadata:
            labels:
              team: not a label!  # finding
        """,
)
def rt_wfmeta_label(workflow: Workflow) -> Iterator[Hit]:
    """
    The labels that a workflow gets are ones that Kubernetes takes.

    Argo writes workflowMetadata into the object when it starts; a label that is refused ends the workflow in Error, or
    has the controller try again for ever. Certain where no tag is in it, so denied.
    """
    yield from metadata_problems(
        workflow.spec_path / "workflowMetadata", mapping(workflow.spec.get("workflowMetadata"))
    )
    for key in mapping(mapping(workflow.spec.get("workflowMetadata")).get("labelsFrom")):
        if problem := key_problem(key):
            yield workflow.spec_path.join(("workflowMetadata", "labelsFrom", key)), problem
