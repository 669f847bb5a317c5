from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          arguments:
            artifacts:
            - {name: f, raw: {data: hello}}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          arguments:
            artifacts:
            - {name: f, from: x, fromExpression: y}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_artifact_both_from(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact that is handed over comes from one place.

    Argo refuses from and fromExpression together.
    """
    return found(workflow, "arg-artifact-both-from")
