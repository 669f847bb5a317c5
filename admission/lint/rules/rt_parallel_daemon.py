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
          - {name: main, daemon: true, container: {image: nginx}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            daemon: true  # finding
            suspend: {}
        """,
)
def rt_parallel_daemon(workflow: Workflow) -> Iterator[Hit]:
    """
    A daemon is a container.

    On other templates daemon has no effect. The workflow runs, so it is a warning.
    """
    for node in workflow.graph.having("daemon"):
        if node.document.get("daemon") is True and node.type in ("steps", "dag", "suspend", "http", "plugin"):
            yield node.path / "daemon", f"daemon has no effect on {node.type}: only containers can be daemons"
