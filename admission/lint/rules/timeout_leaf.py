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
          - {name: main, suspend: {duration: 5s}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, suspend: {}, timeout: 5s}  # finding
        """,
)
def timeout_leaf(workflow: Workflow) -> Iterator[Hit]:
    """
    Only templates that run something time out.

    Steps, DAGs and suspend templates have no timeout.
    """
    return found(workflow, "timeout-leaf")
