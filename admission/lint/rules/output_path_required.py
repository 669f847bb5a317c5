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
            container: {image: alpine}
            outputs: {parameters: [{name: q, valueFrom: {path: /q}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            outputs: {parameters: [{name: q, valueFrom: {supplied: {}}}]}  # finding
        """,
)
def output_path_required(workflow: Workflow) -> Iterator[Hit]:
    """
    An output parameter of a container comes from a file.

    Argo reads valueFrom.path when the container has ended.
    """
    return found(workflow, "output-path-required")
