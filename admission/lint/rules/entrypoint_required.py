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
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def entrypoint_required(workflow: Workflow) -> Iterator[Hit]:
    """
    A workflow says where it begins.

    Argo refuses a workflow without entrypoint; a template may leave it to the workflow that runs it.
    """
    return found(workflow, "entrypoint-required")
