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
          - {name: main, parallelism: 2, steps: [[{name: a, template: leaf}]]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, parallelism: 2}  # finding
        """,
)
def parallelism_leaf(workflow: Workflow) -> Iterator[Hit]:
    """
    Only steps and DAGs have a parallelism.

    Nothing runs side by side in other templates.
    """
    return found(workflow, "parallelism-leaf")
