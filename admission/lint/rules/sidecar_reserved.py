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
          - {name: main, container: {image: alpine}, sidecars: [{name: log, image: alpine}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, sidecars: [{name: wait, image: alpine}]}  # finding
        """,
)
def sidecar_reserved(workflow: Workflow) -> Iterator[Hit]:
    """
    Sidecars do not have the names of Argo's own containers.

    Those are wait, supervisor, and what begins with artifact-plugin-. Since Argo 4.1.
    """
    return found(workflow, "sidecar-reserved")
