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
            metrics:
              prometheus:
              - {name: a, help: h, labels: [{key: a_b, value: c}], counter: {value: '1'}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            metrics:
              prometheus:
              - {name: a, help: h, labels: [{key: a-b, value: c}], counter: {value: '1'}}  # finding
        """,
)
def metric_label(workflow: Workflow) -> Iterator[Hit]:
    """
    The labels of a metric have the names of labels.

    They have letters, digits and underscores, and do not begin with a digit.
    """
    return found(workflow, "metric-label")
