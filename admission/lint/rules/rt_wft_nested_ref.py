from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: WorkflowTemplate
        spec:
          workflowTemplateRef: {name: other}  # finding
        """,
)
def rt_wft_nested_ref(workflow: Workflow) -> Iterator[Hit]:
    """
    A template that is run as a whole has templates of its own.

    workflowTemplateRef is followed once. Where it leads to an object that only refers to another one there is nothing
    to run: certain for a workflow, so denied; in a template itself it is a warning.
    """
    reference = workflow.spec.get("workflowTemplateRef")
    if not isinstance(reference, dict):
        return
    if workflow.kind.endswith("WorkflowTemplate"):
        if not workflow.spec.get("templates"):
            said = "a template that refers to another one cannot be run itself: give it templates"
            yield workflow.spec_path / "workflowTemplateRef", said, Action.WARN
        return
    behind = mapping(mapping(workflow.graph.behind(reference)).get("spec"))
    if isinstance(behind.get("workflowTemplateRef"), dict) and not behind.get("templates"):
        yield workflow.spec_path / "workflowTemplateRef", "this template has none of its own, it refers to another one"
