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
            outputs: {parameters: [{name: q, valueFrom: {path: /q, jqFilter: .}}]}  # finding
        """,
)
def output_valuefrom_multiple(workflow: Workflow) -> Iterator[Hit]:
    """
    valueFrom has one source.

    Argo refuses more than one of path, jqFilter, jsonPath, parameter, expression and supplied.
    """
    return found(workflow, "output-valuefrom-multiple")
