from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.events import metadata, problem
from admission.lint.rule import Hit, rule


@rule(
    kinds=("WorkflowEventBinding",),
    good="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            metadata: {labels: {from: '"event"'}, annotations: {who: payload.who}}
        """,
    bad="""
        kind: WorkflowEventBinding
        spec:
          event: {selector: payload.ok}
          submit:
            workflowTemplateRef: {name: t}
            metadata:
              generateName: build-it-  # finding
              labels:
                from: event  # finding
        """,
)
def wfeb_metadata_expr(workflow: Workflow) -> Iterator[Hit]:
    """
    The metadata that an event gives to its workflow are expressions of a text.

    A name, a label or an annotation is evaluated like a selector; a fixed text needs quotes within the quotes.
    Where it cannot be evaluated to a text, Argo's server starts nothing: certain, so denied.
    """
    for path, written in metadata(workflow):
        if said := problem(written, "string"):
            yield path, said
