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
              - {name: b, template: leaf, depends: a, dependencies: [a]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_mixed(workflow: Workflow) -> Iterator[Hit]:
    """
    A DAG uses depends or dependencies.

    Argo refuses both in one DAG.
    """
    return found(workflow, "dag-mixed")
