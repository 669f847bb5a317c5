from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, expr
from admission.argo.workflow import Workflow
from admission.lint.events import binding
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    kinds=("WorkflowEventBinding",),
    action=Action.WARN,
    good="""
        kind: WorkflowEventBinding
        spec: {event: {selector: discriminator == "build"}, submit: {workflowTemplateRef: {name: t}}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event:
            selector: "true"  # finding
          submit: {workflowTemplateRef: {name: t}}
        """,
)
def wfeb_selector_constant(workflow: Workflow) -> Iterator[Hit]:
    """
    The selector of an event binding looks at the event.

    One that does not is true for every event in the namespace, whoever sends it, or for none. Somebody may want
    that, so it is a warning.
    """
    event, _ = binding(workflow)
    selector = event.document.get("selector")
    if isinstance(selector, str) and _is_constant(selector):
        yield event.path / "selector", "this is the same for every event: look at discriminator, metadata or payload"


def _is_constant(selector: str) -> bool:
    try:
        return not any(name.parts[0] != "namespace" for name in expr.parse(selector).names)
    except LanguageError:
        return False
