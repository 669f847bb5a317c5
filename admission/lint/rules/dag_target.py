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
            dag:
              target: b
              tasks:
              - {name: a, template: leaf}
              - {name: b, template: leaf, depends: a}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            dag:
              target: z  # finding
              tasks:
              - {name: a, template: leaf}
              - {name: b, template: leaf, depends: a}
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_target(workflow: Workflow) -> Iterator[Hit]:
    """
    The targets of a DAG are tasks of it.

    They are separated by one space each.
    """
    return found(workflow, "dag-target")
