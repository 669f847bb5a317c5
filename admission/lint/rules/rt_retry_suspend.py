from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, suspend: {}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            suspend: {}
            retryStrategy: {limit: 2}  # finding
        """,
)
def rt_retry_suspend(workflow: Workflow) -> Iterator[Hit]:
    """
    A suspended template has no retry strategy.

    Nothing runs there that could fail: the strategy has no effect. So it is a warning.
    """
    for node in workflow.graph.having("suspend"):
        if node.type == "suspend" and isinstance(node.document.get("retryStrategy"), dict):
            yield node.path / "retryStrategy", "a suspended template is not tried again: remove it"
