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
          - {name: main, containerSet: {containers: [{name: main, image: alpine}]}}
        """,
    bad="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - {name: main, containerSet: {containers: [{name: a_b, image: alpine}]}}  # finding
        """,
)
def containerset_names(workflow: Workflow) -> Iterator[Hit]:
    """
    Containers of a set have names, each its own.

    A name has letters, digits and hyphens, at most 128, and begins with a letter or digit.
    """
    return found(workflow, "containerset-names")
