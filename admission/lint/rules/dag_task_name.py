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
          - {name: main, dag: {tasks: [{name: a.b, template: leaf}]}}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_task_name(workflow: Workflow) -> Iterator[Hit]:
    """
    Tasks have names of letters, digits and hyphens.

    At most 128, beginning with a letter or digit. A name cannot come from an input.
    """
    return found(workflow, "dag-task-name")
