from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, retryStrategy: {limit: 2, backoff: {duration: 10s, factor: 2}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            retryStrategy:
              limit: 2
              backoff: {factor: 2}  # finding
        """,
)
def rt_retry_backoff_duration(workflow: Workflow) -> Iterator[Hit]:
    """
    A backoff has a duration.

    Argo looks for it when the step fails for the first time, and then ends it in Error in place of trying again:
    certain, so denied.
    """
    for path, strategy in placed(workflow.graph, "retryStrategy"):
        backoff = mapping(strategy).get("backoff")
        if isinstance(backoff, dict) and not backoff.get("duration"):
            yield path / "backoff", "give the backoff a duration, such as 10s"
