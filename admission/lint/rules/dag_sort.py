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
              - {name: a, template: leaf, depends: b}  # finding
              - {name: b, template: leaf, depends: a}
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_sort(workflow: Workflow) -> Iterator[Hit]:
    """
    The tasks of a DAG can be put in an order.

    Names are there once, dependencies are tasks, and no circle is among them. Argo takes every word in depends for
    a task.
    """
    return found(workflow, "dag-sort")
