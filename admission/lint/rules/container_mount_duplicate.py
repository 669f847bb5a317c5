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
          - name: main
            container:
              image: alpine
              volumeMounts: [{name: a, mountPath: /x}, {name: b, mountPath: /y}]
        """,
    bad="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - name: main
            container:
              image: alpine
              volumeMounts: [{name: a, mountPath: /x}, {name: b, mountPath: /x}]  # finding
        """,
)
def container_mount_duplicate(workflow: Workflow) -> Iterator[Hit]:
    """
    Volumes are mounted at different places.

    Two volumes cannot be at one path.
    """
    return found(workflow, "container-mount-duplicate")
