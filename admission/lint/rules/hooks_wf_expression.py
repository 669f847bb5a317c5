from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          hooks: {run: {template: main, expression: workflow.status == 'Running'}}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          hooks: {run: {template: main}}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def hooks_wf_expression(workflow: Workflow) -> Iterator[Hit]:
    """
    A hook of the workflow says when it runs.

    All but exit need an expression.
    """
    return found(workflow, "hooks-wf-expression")
