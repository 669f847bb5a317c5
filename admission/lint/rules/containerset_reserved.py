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
          - {name: main, containerSet: {containers: [{name: wait, image: alpine}]}}  # finding
        """,
)
def containerset_reserved(workflow: Workflow) -> Iterator[Hit]:
    """
    Containers of a set do not have the names of Argo's own.

    Those are wait, supervisor, and what begins with artifact-plugin-. Since Argo 4.1.
    """
    return found(workflow, "containerset-reserved")
