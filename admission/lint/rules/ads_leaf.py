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
          - {name: main, container: {image: alpine}, activeDeadlineSeconds: 60}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, activeDeadlineSeconds: -1}  # finding
        """,
)
def ads_leaf(workflow: Workflow) -> Iterator[Hit]:
    """
    activeDeadlineSeconds is a number that is not negative, or a variable.

    Argo refuses anything else.
    """
    return found(workflow, "ads-leaf")
