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
            container: {image: alpine}
            outputs: {parameters: [{name: q, valueFrom: {path: /q}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            outputs: {parameters: [{name: q, value: x, valueFrom: {path: /q}}]}  # finding
        """,
)
def output_value_and_valuefrom(workflow: Workflow) -> Iterator[Hit]:
    """
    An output parameter has one source.

    Argo refuses value and valueFrom together.
    """
    return found(workflow, "output-value-and-valuefrom")
