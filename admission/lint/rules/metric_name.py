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
            metrics: {prometheus: [{name: a-b, help: h, counter: {value: '1'}}]}  # finding
        """,
)
def metric_name(workflow: Workflow) -> Iterator[Hit]:
    """
    A metric has the name of a metric.

    It has letters, digits and underscores, and does not begin with a digit.
    """
    return found(workflow, "metric-name")
