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
          - name: main
            containerSet:
              volumeMounts: [{name: a, mountPath: /x}, {name: b, mountPath: /x}]  # finding
              containers: [{name: main, image: alpine}]
        """,
)
def containerset_mount_duplicate(workflow: Workflow) -> Iterator[Hit]:
    """
    Volumes of a container set are mounted at different places.

    Two volumes cannot be at one path.
    """
    return found(workflow, "containerset-mount-duplicate")
