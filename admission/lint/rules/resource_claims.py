from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - {name: main, suspend: {}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, suspend: {}, resourceClaims: [{name: q, resourceClaimName: z}]}  # finding
        """,
)
def resource_claims(workflow: Workflow) -> Iterator[Hit]:
    """
    Only templates with a pod have resource claims.

    Steps, DAGs, suspend, http and plugin templates make none. Since Argo 4.1.
    """
    return found(workflow, "resource-claims")
