from __future__ import annotations

import posixpath
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries, literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.path import Path


@rule(
    mentions=('"artifacts"',),
    good="""
        spec:
          templates:
          - name: main
            script: {image: alpine, command: [sh], source: x, volumeMounts: [{name: v, mountPath: /data}]}
            inputs: {artifacts: [{name: f, path: /data/f, raw: {data: x}}]}
            volumes: [{name: v, emptyDir: {}}]
        """,
    bad="""
        spec:
          templates:
          - name: main
            script: {image: alpine, command: [sh], source: x, volumeMounts: [{name: v, mountPath: /data}]}
            inputs:
              artifacts:
              - {name: f, path: /data, raw: {data: x}}  # finding
            volumes: [{name: v, emptyDir: {}}]
        """,
)
def rt_mount_collision(workflow: Workflow) -> Iterator[Hit]:
    """
    Nothing else is mounted where an artifact goes.

    Argo refuses the same path in a container; in a script, a containerSet, or with a slash more it makes a pod that
    Kubernetes refuses. Certain, so denied.
    """
    for node in workflow.graph.having("inputs"):
        if node.type not in ("container", "script", "containerSet"):
            continue
        artifacts = mapping(node.document.get("inputs")).get("artifacts")
        if not artifacts:
            continue
        body = mapping(node.document.get(node.type))
        taken = {
            _normal(literal(mount.get("mountPath"))): mount for _, mount in entries(Path(), body.get("volumeMounts"))
        }
        seen: set[str] = set()
        for path, artifact in entries(node.path.join(("inputs", "artifacts")), artifacts):
            written = literal(artifact.get("path"))
            place = _normal(written)
            if not place or (node.type == "container" and _is_argos(taken, place, written)):
                continue
            if place in taken or (place in seen and node.type != "container"):
                yield path, f"something else is already mounted at {shown(place)}: use another path"
            seen.add(place)


def _normal(path: str | None) -> str:
    return posixpath.normpath(path) if path else ""


def _is_argos(taken: dict[str, Document], place: str, written: str | None) -> bool:
    """Whether Argo's validator itself compares the two paths as equal."""
    return place in taken and taken[place].get("mountPath") == written
