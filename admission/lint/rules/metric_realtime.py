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
              prometheus: [{name: a, help: h, gauge: {realtime: true, value: '{{duration}}'}}]
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            metrics:
              prometheus:
              - {name: a, help: h, gauge: {realtime: true, value: '{{resourcesDuration.cpu}}'}}  # finding
        """,
)
def metric_realtime(workflow: Workflow) -> Iterator[Hit]:
    """
    A metric in real time does not need what is known at the end.

    resourcesDuration is known when the template has run.
    """
    return found(workflow, "metric-realtime")
