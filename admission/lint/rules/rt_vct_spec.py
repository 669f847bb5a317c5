from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          volumeClaimTemplates:
          - {metadata: {name: work}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
        """,
    bad="""
        spec:
          volumeClaimTemplates:
          - {metadata: {name: work}, spec: {resources: {requests: {storage: 1Gi}}}}  # finding
        """,
)
def rt_vct_spec(workflow: Workflow) -> Iterator[Hit]:
    """
    A claim template says how the volume is used, and how large it is.

    Kubernetes refuses claims without access modes or without a size, and the workflow ends in Error: certain, so
    denied.
    """
    for path, claim in entries(workflow.spec_path / "volumeClaimTemplates", workflow.spec.get("volumeClaimTemplates")):
        wanted = mapping(claim.get("spec"))
        if not wanted.get("accessModes"):
            yield path, "give the claim spec.accessModes, such as [ReadWriteOnce]"
        if not mapping(mapping(wanted.get("resources")).get("requests")).get("storage"):
            yield path, "give the claim spec.resources.requests.storage, such as 1Gi"
