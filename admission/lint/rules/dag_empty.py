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
          - {name: main, dag: {tasks: [{name: a, template: leaf}]}}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, dag: {tasks: []}}  # finding
        """,
)
def dag_empty(workflow: Workflow) -> Iterator[Hit]:
    """
    A DAG has tasks.

    Without one there is nothing to run.
    """
    return found(workflow, "dag-empty")
