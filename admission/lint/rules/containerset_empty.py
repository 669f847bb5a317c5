from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - {name: main, containerSet: {containers: [{name: main, image: alpine}]}}
        """,
    bad="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - {name: main, containerSet: {containers: []}}  # finding
        """,
)
def containerset_empty(workflow: Workflow) -> Iterator[Hit]:
    """
    A container set has containers.

    Without one there is nothing to run.
    """
    return found(workflow, "containerset-empty")
