from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import binding, problem
from admission.lint.rule import Hit, rule


@rule(
    kinds=("WorkflowEventBinding",),
    good="""
        kind: WorkflowEventBinding
        spec: {event: {selector: payload.message != ""}, submit: {workflowTemplateRef: {name: t}}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event:
            selector: payload.message =  # finding
          submit: {workflowTemplateRef: {name: t}}
        """,
)
def wfeb_selector(workflow: Workflow) -> Iterator[Hit]:
    """
    The selector of an event binding can be evaluated, and says yes or no.

    It may use namespace, discriminator, metadata and payload. Argo's server looks at it only when an event comes,
    and then starts nothing: certain, so denied.
    """
    event, _ = binding(workflow)
    selector = event.document.get("selector")
    if isinstance(selector, str) and (said := problem(selector, "bool")):
        yield event.path / "selector", said
