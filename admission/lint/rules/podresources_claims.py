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
          - {name: main, container: {image: alpine}, podResources: {limits: {memory: 1Gi}}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, podResources: {claims: [{name: gpu}]}}  # finding
        """,
)
def podresources_claims(workflow: Workflow) -> Iterator[Hit]:
    """
    A whole pod has no resource claims.

    Claims are of containers. Since Argo 4.1.
    """
    return found(workflow, "podresources-claims")
