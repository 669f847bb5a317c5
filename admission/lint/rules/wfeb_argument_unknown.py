from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import parameters, template
from admission.lint.reading import near
from admission.lint.rule import Hit, rule
from admission.model.catalog import Absent
from admission.model.document import mapping, sequence, text
from admission.model.finding import Action


@rule(
    kinds=("WorkflowEventBinding",),
    action=Action.WARN,
    good="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            arguments: {parameters: [{name: message, valueFrom: {event: payload.m}}]}
        ---
        kind: WorkflowTemplate
        metadata: {name: t}
        spec: {arguments: {parameters: [{name: message}]}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            arguments:
              parameters:
              - {name: mesage, valueFrom: {event: payload.m}}  # finding
        ---
        kind: WorkflowTemplate
        metadata: {name: t}
        spec: {arguments: {parameters: [{name: message}]}}
        """,
)
def wfeb_argument_unknown(workflow: Workflow) -> Iterator[Hit]:
    """
    The parameters that an event hands on are those of the template.

    Others are handed on, and perhaps nobody looks at them, while the one that was meant keeps its default. A
    template may use workflow.parameters without declaring them, so it is a warning.
    """
    name, found = template(workflow)
    if isinstance(found, Absent):
        return
    declared = sequence(mapping(mapping(found.get("spec")).get("arguments")).get("parameters"))
    known = {text(mapping(each).get("name")) for each in declared}
    for path, parameter in parameters(workflow):
        given = text(parameter.get("name"))
        if given and given not in known:
            yield path, f"{name} has no parameter {given!r}{near(given, known)}"
