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
          - {name: main, suspend: {}, outputs: {artifacts: [{name: x, path: /x}]}}  # finding
        """,
)
def output_artifact_path_forbidden(workflow: Workflow) -> Iterator[Hit]:
    """
    An output artifact has no path where nothing runs.

    Steps, DAGs and suspend templates have no files; they only pass artifacts on.
    """
    return found(workflow, "output-artifact-path-forbidden")
