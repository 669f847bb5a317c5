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
          - name: main
            container: {image: alpine}
            outputs: {parameters: [{name: q, valueFrom: {path: /q}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, outputs: {parameters: [{name: q}]}}  # finding
        """,
)
def output_no_source(workflow: Workflow) -> Iterator[Hit]:
    """
    An output parameter has a source.

    That is valueFrom.
    """
    return found(workflow, "output-no-source")
