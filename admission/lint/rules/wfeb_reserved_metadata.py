from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import binding
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    kinds=("WorkflowEventBinding",),
    action=Action.WARN,
    good="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit: {workflowTemplateRef: {name: t}, metadata: {labels: {team: '"a"'}}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            metadata:
              labels:
                workflows.argoproj.io/completed: '"true"'  # finding
        """,
)
def wfeb_reserved_metadata(workflow: Workflow) -> Iterator[Hit]:
    """
    An event sets no labels and annotations that are Argo's own.

    With those of workflows.argoproj.io an event says who made a workflow, or that it is done already. Some are
    harmless, so it is a warning.
    """
    _, submit = binding(workflow)
    for field in ("labels", "annotations"):
        for key in mapping(mapping(submit.document.get("metadata")).get(field)):
            if key.startswith("workflows.argoproj.io/"):
                yield submit.path.join(("metadata", field, key)), "this is Argo's own: choose another prefix"
