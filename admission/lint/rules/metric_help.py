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
            metrics: {prometheus: [{name: a, counter: {value: '1'}}]}  # finding
        """,
)
def metric_help(workflow: Workflow) -> Iterator[Hit]:
    """
    A metric says what it measures.

    Prometheus shows the help.
    """
    return found(workflow, "metric-help")
