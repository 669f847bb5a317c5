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
          - name: main
            inputs: {artifacts: [{name: x, path: /x, raw: {data: d}, from: q}]}  # finding
            container: {image: alpine}
        """,
)
def input_artifact_from(workflow: Workflow) -> Iterator[Hit]:
    """
    An input artifact does not say from which step it comes.

    The caller does, in its arguments.
    """
    return found(workflow, "input-artifact-from")
