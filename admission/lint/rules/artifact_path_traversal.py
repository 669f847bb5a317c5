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
          - {name: main, container: {image: alpine}, outputs: {artifacts: [{name: x, path: /b}]}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, outputs: {artifacts: [{name: x, path: /a/../b}]}}  # finding
        """,
)
def artifact_path_traversal(workflow: Workflow) -> Iterator[Hit]:
    """
    The path of an artifact stays in its directory.

    Argo refuses '..' that leads out, by a rough test: any last element of two characters counts where the rest is
    not in its shortest form.
    """
    return found(workflow, "artifact-path-traversal")
