from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}]
          templates:
          - name: main
            inputs: {artifacts: [{name: f, path: /y, raw: {data: d}}]}
            container: {image: alpine, volumeMounts: [{name: a, mountPath: /x}]}
        """,
    bad="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}]
          templates:
          - name: main
            inputs: {artifacts: [{name: f, path: /x, raw: {data: d}}]}  # finding
            container: {image: alpine, volumeMounts: [{name: a, mountPath: /x}]}
        """,
)
def container_artifact_collision(workflow: Workflow) -> Iterator[Hit]:
    """
    Input artifacts and volumes are at different places.

    Two things cannot be at one path.
    """
    return found(workflow, "container-artifact-collision")
