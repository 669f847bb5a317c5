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
          - {name: main, container: {image: alpine}, outputs: {artifacts: [{name: a_b, path: /x}]}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, outputs: {artifacts: [{name: a.b, path: /x}]}}  # finding
        """,
)
def output_names(workflow: Workflow) -> Iterator[Hit]:
    """
    Outputs have names, each its own.

    A name has letters, digits, hyphens and underscores. A parameter and an artifact may share one.
    """
    return found(workflow, "output-names")
