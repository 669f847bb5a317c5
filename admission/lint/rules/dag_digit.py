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
          - name: main
            dag: {tasks: [{name: a, template: leaf}, {name: b, template: leaf, depends: a}]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            dag:
              tasks:
              - {name: a, template: leaf}
              - {name: 1b, template: leaf, dependencies: [a]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_digit(workflow: Workflow) -> Iterator[Hit]:
    """
    A task with dependencies does not begin with a digit.

    Argo's depends would read the name as a number.
    """
    return found(workflow, "dag-digit")
