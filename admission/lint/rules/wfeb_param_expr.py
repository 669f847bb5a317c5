from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import parameters, problem
from admission.lint.rule import Hit, rule
from admission.model.document import text


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
              - name: m
                valueFrom:
                  event: payload.  # finding
        """,
)
def wfeb_param_expr(workflow: Workflow) -> Iterator[Hit]:
    """
    What a parameter takes from an event can be evaluated.

    It may use namespace, discriminator, metadata and payload. Where it cannot be evaluated, Argo's server starts
    nothing: certain, so denied.
    """
    for path, parameter in parameters(workflow):
        source = parameter.get("valueFrom")
        if isinstance(source, dict) and (said := problem(text(source.get("event")))):
            yield path.join(("valueFrom", "event") if "event" in source else ("valueFrom",)), said
