from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          arguments:
            parameters:
            - {name: p, valueFrom: {configMapKeyRef: {name: n, key: k}}}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          arguments:
            parameters:
            - {name: p, valueFrom: {expression: "1 + 1"}}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_valuefrom_kind(workflow: Workflow) -> Iterator[Hit]:
    """
    An argument's value comes from where arguments can come from.

    That is configMapKeyRef, event or supplied; path, jsonPath, parameter and expression are for outputs.
    """
    return found(workflow, "arg-valuefrom-kind")
