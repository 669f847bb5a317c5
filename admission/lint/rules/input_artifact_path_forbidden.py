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
          - {name: main, inputs: {artifacts: [{name: x, raw: {data: d}}]}, suspend: {}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, inputs: {artifacts: [{name: x, path: /x, raw: {data: d}}]}, suspend: {}}  # finding
        """,
)
def input_artifact_path_forbidden(workflow: Workflow) -> Iterator[Hit]:
    """
    An input artifact has no path where nothing runs.

    Steps, DAGs and suspend templates have no files; they only pass artifacts on.
    """
    return found(workflow, "input-artifact-path-forbidden")
