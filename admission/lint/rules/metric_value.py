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
            metrics: {prometheus: [{name: a, help: h, counter: {value: '1'}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            metrics: {prometheus: [{name: a, help: h, counter: {}}]}  # finding
        """,
)
def metric_value(workflow: Workflow) -> Iterator[Hit]:
    """
    A metric has a value.

    Argo refuses a gauge, counter or histogram without one.
    """
    return found(workflow, "metric-value")
