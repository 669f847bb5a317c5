from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.artifacts import driver
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.path import Path


@rule(
    kinds=("WorkflowArtifactGCTask",),
    good="""
        kind: WorkflowArtifactGCTask
        spec: {artifactsByNode: {build-1: {artifacts: {log: {name: log, s3: {bucket: b, key: a/log}}}}}}
        """,
    bad="""
        kind: WorkflowArtifactGCTask
        spec:
          artifactsByNode:
            build-1:
              artifacts:
                log: {name: log}  # finding
        """,
)
def artifactgctask_location(workflow: Workflow) -> Iterator[Hit]:
    """
    A task that removes artifacts says where each is.

    The location stands with the artifact, or for all of a node in archiveLocation; without one, the pod that
    removes them ends in an error, and the finalizer of the workflow stays. Certain, so denied.
    """
    nodes = mapping(workflow.document.get("spec")).get("artifactsByNode")
    for node, work in mapping(nodes if workflow.kind == "WorkflowArtifactGCTask" else None).items():
        if driver(mapping(mapping(work).get("archiveLocation"))) is None:
            for name, artifact in mapping(mapping(work).get("artifacts")).items():
                if driver(mapping(artifact)) is None:
                    place = Path(("spec", "artifactsByNode", node, "artifacts", name))
                    yield place, "say where the artifact is: a location here, or archiveLocation of the node"
