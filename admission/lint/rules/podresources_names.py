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
          - {name: main, container: {image: alpine}, podResources: {limits: {ephemeral-storage: 1Gi}}}  # finding
        """,
)
def podresources_names(workflow: Workflow) -> Iterator[Hit]:
    """
    The resources of a whole pod are cpu, memory and huge pages.

    Kubernetes has no others for a pod; others are asked for in a container. Since Argo 4.1.
    """
    return found(workflow, "podresources-names")
