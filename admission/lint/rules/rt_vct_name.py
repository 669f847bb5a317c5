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
          - {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}  # finding
        """,
)
def rt_vct_name(workflow: Workflow) -> Iterator[Hit]:
    """
    A claim template has a name.

    Argo makes the claims at the start of the workflow, by their names, and ends it in Error otherwise: certain, so
    denied.
    """
    for path, claim in entries(workflow.spec_path / "volumeClaimTemplates", workflow.spec.get("volumeClaimTemplates")):
        if not mapping(claim.get("metadata")).get("name"):
            yield path, "give the claim a metadata.name"
