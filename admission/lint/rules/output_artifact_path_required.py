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
          - {name: main, container: {image: alpine}, outputs: {artifacts: [{name: x, path: /x}]}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, outputs: {artifacts: [{name: x}]}}  # finding
        """,
)
def output_artifact_path_required(workflow: Workflow) -> Iterator[Hit]:
    """
    An output artifact has a path where something runs.

    Without it there is no file to take.
    """
    return found(workflow, "output-artifact-path-required")
