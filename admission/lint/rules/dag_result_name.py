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
              - {name: b, template: leaf, depends: a.Succeeded}
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
              - {name: b, template: leaf, depends: a.Success}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def dag_result_name(workflow: Workflow) -> Iterator[Hit]:
    """
    depends asks for results that exist.

    Those are Succeeded, Failed, Errored, Skipped, Omitted, Daemoned, AnySucceeded and AllFailed.
    """
    return found(workflow, "dag-result-name")
