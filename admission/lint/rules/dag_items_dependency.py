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
              - {name: a, template: leaf, withItems: [1, 2]}
              - {name: b, template: leaf, depends: a.AllFailed}
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
              - {name: b, template: leaf, depends: a.AllFailed}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_items_dependency(workflow: Workflow) -> Iterator[Hit]:
    """
    Only a loop has AnySucceeded and AllFailed.

    They are of all its runs together.
    """
    return found(workflow, "dag-items-dependency")
