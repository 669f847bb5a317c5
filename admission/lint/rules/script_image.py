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
          - {name: main, script: {image: alpine, command: [sh], source: echo}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, script: {command: [sh], source: echo}}  # finding
        """,
)
def script_image(workflow: Workflow) -> Iterator[Hit]:
    """
    A script has an image.

    Its own, or that of templateDefaults; Argo does not count those of a ClusterWorkflowTemplate that is referred
    to.
    """
    return found(workflow, "script-image")
