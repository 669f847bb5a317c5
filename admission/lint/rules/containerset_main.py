from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - name: main
            containerSet: {containers: [{name: main, image: alpine}]}
            outputs: {artifacts: [{name: x, path: /x}]}
        """,
    bad="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - name: main
            containerSet: {containers: [{name: a, image: alpine}]}  # finding
            outputs: {artifacts: [{name: x, path: /x}]}
        """,
)
def containerset_main(workflow: Workflow) -> Iterator[Hit]:
    """
    A container set with inputs or outputs has a container main.

    Argo gives artifacts to it, and takes outputs from it.
    """
    return found(workflow, "containerset-main")
