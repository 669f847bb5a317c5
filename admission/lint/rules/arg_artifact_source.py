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
            - {name: f, optional: true}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_artifact_source(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact that is handed over comes from somewhere.

    That is from, or a location or key of its own; optional and fromExpression do not do.
    """
    return found(workflow, "arg-artifact-source")
