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
          - {name: main, container: {image: alpine}, pendingTimeout: 5s}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, suspend: {}, pendingTimeout: 5s}  # finding
        """,
)
def pending_timeout(workflow: Workflow) -> Iterator[Hit]:
    """
    Only templates with a pod have a time to wait for it.

    Steps, DAGs and suspend templates have no pendingTimeout. Since Argo 4.1.
    """
    return found(workflow, "pending-timeout")
