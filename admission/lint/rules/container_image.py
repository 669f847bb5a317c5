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
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {command: [echo]}}  # finding
        """,
)
def container_image(workflow: Workflow) -> Iterator[Hit]:
    """
    A container has an image.

    Its own, or that of templateDefaults; Argo does not count those of a ClusterWorkflowTemplate that is referred
    to.
    """
    return found(workflow, "container-image")
