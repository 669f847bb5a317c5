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
          - {name: main, container: {image: alpine}, timeout: 5s}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, timeout: '5'}  # finding
        """,
)
def timeout_whole_number(workflow: Workflow) -> Iterator[Hit]:
    """
    A timeout has a unit.

    Argo refuses a number without one.
    """
    return found(workflow, "timeout-whole-number")
