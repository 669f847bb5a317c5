from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import parameters
from admission.lint.rule import Hit, rule


@rule(
    kinds=("WorkflowEventBinding",),
    good="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit: {workflowTemplateRef: {name: t}, arguments: {parameters: [{name: m, valueFrom: {event: payload.m}}]}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            arguments:
              parameters:
              - {name: m, value: fixed}  # finding
        """,
)
def wfeb_param_valuefrom(workflow: Workflow) -> Iterator[Hit]:
    """
    A parameter that an event hands on says what it takes from the event.

    Argo's server reads valueFrom.event of each, and starts nothing where there is none; a fixed text is an
    expression in quotes, such as event: '"fixed"'. Certain, so denied.
    """
    for path, parameter in parameters(workflow):
        if not isinstance(parameter.get("valueFrom"), dict):
            yield path, "say what it takes from the event: valueFrom.event, a fixed text in quotes within quotes"
