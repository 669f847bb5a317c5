from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, retryStrategy: {limit: 2}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            retryStrategy: {retryPolicy: Always}  # finding
        """,
)
def rt_retry_unlimited(workflow: Workflow) -> Iterator[Hit]:
    """
    A retry strategy has a limit.

    Without limit, expression and maxDuration of a backoff, a step that always fails is tried for ever. It may be meant,
    so it is a warning.
    """
    for path, value in placed(workflow.graph, "retryStrategy"):
        strategy = mapping(value)
        ends = (strategy.get("limit"), strategy.get("expression"), mapping(strategy.get("backoff")).get("maxDuration"))
        if isinstance(value, dict) and all(end in (None, "") for end in ends):
            yield path, "set a limit: a step that always fails is tried for ever"
