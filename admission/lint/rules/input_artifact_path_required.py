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
            inputs: {artifacts: [{name: x, path: /x, raw: {data: d}}]}
            container: {image: alpine}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, inputs: {artifacts: [{name: x, raw: {data: d}}]}, container: {image: alpine}}  # finding
        """,
)
def input_artifact_path_required(workflow: Workflow) -> Iterator[Hit]:
    """
    An input artifact has a path where something runs.

    Without it there is no place to put the file.
    """
    return found(workflow, "input-artifact-path-required")
