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
            outputs: {parameters: [{name: q, valueFrom: {path: /q, default: x}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            outputs: {parameters: [{name: q, valueFrom: {default: x}}]}  # finding
        """,
)
def output_valuefrom_none(workflow: Workflow) -> Iterator[Hit]:
    """
    valueFrom says where from.

    A default alone is no source.
    """
    return found(workflow, "output-valuefrom-none")
