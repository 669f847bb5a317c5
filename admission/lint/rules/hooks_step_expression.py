from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - [{name: a, template: leaf, hooks: {run: {template: leaf, expression: 'true'}}}]
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, steps: [[{name: a, template: leaf, hooks: {run: {template: leaf}}}]]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def hooks_step_expression(workflow: Workflow) -> Iterator[Hit]:
    """
    A hook of a step says when it runs.

    All but exit need an expression.
    """
    return found(workflow, "hooks-step-expression")
