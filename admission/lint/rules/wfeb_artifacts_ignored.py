from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import binding
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, sequence
from admission.model.finding import Action


@rule(
    kinds=("WorkflowEventBinding",),
    action=Action.WARN,
    good="""
        kind: WorkflowEventBinding
        spec: {event: {selector: payload.ok}, submit: {workflowTemplateRef: {name: t}, arguments: {}}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            arguments:
              artifacts:  # finding
              - {name: a, raw: {data: x}}
        """,
)
def wfeb_artifacts_ignored(workflow: Workflow) -> Iterator[Hit]:
    """
    An event hands on parameters, no artifacts.

    Argo's server does not look at arguments.artifacts of a binding. The workflow still starts, so it is a warning.
    """
    _, submit = binding(workflow)
    if sequence(mapping(submit.document.get("arguments")).get("artifacts")):
        said = "these are ignored: put them into the template, and hand on parameters"
        yield submit.path.join(("arguments", "artifacts")), said
