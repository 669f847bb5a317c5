from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.pods import mounts_of
from admission.lint.reading import entries, literal, near, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, text
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    mentions=('"volumeMounts"',),
    good="""
        spec:
          volumes: [{name: work, emptyDir: {}}]
          templates:
          - {name: main, container: {image: alpine, volumeMounts: [{name: work, mountPath: /work}]}}
        """,
    bad="""
        spec:
          volumes: [{name: work, emptyDir: {}}]
          templates:
          - name: main
            container:
              image: alpine
              volumeMounts:
              - {name: wrok, mountPath: /work}  # finding
        """,
)
def rt_volume_undefined(workflow: Workflow) -> Iterator[Hit]:
    """
    A volume that is mounted is declared.

    Argo looks it up in the template, the workflow and its claims when it makes the pod, and ends the step in Error:
    certain, so denied. A template that is called from elsewhere may find it in the caller's workflow: there a warning.
    """
    everywhere = _declared(workflow.spec) | _declared(mapping(workflow.catalog.workflow_defaults().get("spec")))
    certain = workflow.kind in ("Workflow", "CronWorkflow")
    for node in workflow.graph.nodes:
        for path, mount in mounts_of(node):
            name = literal(mount.get("name"))
            if name is None or name in everywhere:
                continue
            known = everywhere | _names(node.document.get("volumes"))
            if name not in known:
                said = f"there is no volume {shown(name)}{near(name, known)}"
                yield path / "name", said, Action.DENY if certain else Action.WARN


def _names(volumes: object) -> set[str]:
    return {text(volume.get("name")) for _, volume in entries(Path(), volumes)}


def _declared(spec: Document) -> set[str]:
    """The volumes that every template of a workflow may mount."""
    claims = (mapping(claim.get("metadata")) for _, claim in entries(Path(), spec.get("volumeClaimTemplates")))
    return _names(spec.get("volumes")) | {text(claim.get("name")) for claim in claims}
