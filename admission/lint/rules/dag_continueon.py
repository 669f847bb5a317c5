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
              tasks:
              - {name: a, template: leaf}
              - {name: b, template: leaf, depends: a.Succeeded || a.Failed}
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
              - {name: b, template: leaf, depends: a, continueOn: {failed: true}}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_continueon(workflow: Workflow) -> Iterator[Hit]:
    """
    A DAG with depends has no continueOn.

    What goes on after a failure is said in depends.
    """
    return found(workflow, "dag-continueon")
