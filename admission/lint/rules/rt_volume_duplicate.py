from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries, literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, text
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    good="""
        spec:
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
        """,
    bad="""
        spec:
          volumes:
          - {name: a, emptyDir: {}}
          - {name: a, emptyDir: {}}  # finding
          templates:
          - name: main
            container: {image: alpine}
            volumes:
            - {name: b, emptyDir: {}}
            - {name: b, emptyDir: {}}  # finding
        """,
)
def rt_volume_duplicate(workflow: Workflow) -> Iterator[Hit]:
    """
    Volumes have names of their own, and a containerSet mounts them as a whole.

    Two volumes of one name in a template make a pod that Kubernetes refuses, and so does a mount in one container of a
    containerSet that the set itself does not have: certain, so denied. Of two in the workflow the second is never used:
    a warning.
    """
    for path in _repeated(workflow.spec_path / "volumes", workflow.spec.get("volumes")):
        yield path, "another volume has this name, and is used in its place", Action.WARN
    for node in workflow.graph.having("volumes", "containerSet"):
        for path in _repeated(node.path / "volumes", node.document.get("volumes")):
            yield path, "another volume of the template has this name"
        if node.type == "containerSet":
            yield from _members(node.path / "containerSet", mapping(node.document.get("containerSet")), node.document)


def _repeated(path: Path, volumes: object) -> Iterator[Path]:
    seen: set[object] = set()
    for place, volume in entries(path, volumes):
        name = literal(volume.get("name"))
        if name in seen and name:
            yield place
        seen.add(name)


def _members(path: Path, body: Document, template: Document) -> Iterator[Hit]:
    """Mounts of single containers whose volume does not come into the pod."""
    shared = [*entries(path, body.get("volumeMounts")), *entries(path, template.get("volumes"))]
    known = {text(mount.get("name")) for _, mount in shared}
    for place, container in entries(path / "containers", body.get("containers")):
        for mounted, mount in entries(place / "volumeMounts", container.get("volumeMounts")):
            name = literal(mount.get("name"))
            if name and name not in known:
                yield mounted, f"mount {shown(name)} in the containerSet, too: only its volumes come into the pod"
