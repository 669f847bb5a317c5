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
            steps: [[{name: a, template: leaf}]]
            outputs: {parameters: [{name: q, valueFrom: {parameter: '{{steps.a.exitCode}}'}}]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps: [[{name: a, template: leaf}]]
            outputs: {parameters: [{name: q, valueFrom: {path: /q}}]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def output_steps_source(workflow: Workflow) -> Iterator[Hit]:
    """
    An output parameter of steps or a DAG comes from one of its nodes.

    That is parameter, or expression.
    """
    return found(workflow, "output-steps-source")
