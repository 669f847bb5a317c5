from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import template
from admission.lint.rule import Hit, rule
from admission.model.catalog import MISSING
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    kinds=("WorkflowEventBinding",),
    action=Action.WARN,
    good="""
        kind: WorkflowEventBinding
        spec: {event: {selector: payload.ok}, submit: {workflowTemplateRef: {name: t}}}
        ---
        kind: WorkflowTemplate
        metadata: {name: t}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef:
              name: nope  # finding
        """,
)
def wfeb_template(workflow: Workflow) -> Iterator[Hit]:
    """
    The template that an event starts is there.

    Argo's server looks for it when an event comes, and else starts nothing. It may be applied after the binding, so
    it is a warning.
    """
    name, found = template(workflow)
    if found is MISSING:
        yield Path(("spec", "submit", "workflowTemplateRef", "name")), f"{name} is not there"
