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
            outputs: {parameters: [{name: q, globalName: a-b, valueFrom: {path: /q}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: alpine}
            outputs: {parameters: [{name: q, globalName: a b, valueFrom: {path: /q}}]}  # finding
        """,
)
def output_globalname(workflow: Workflow) -> Iterator[Hit]:
    """
    The global name of an output is a name.

    It has letters, digits, hyphens and underscores, or a tag that gives them.
    """
    return found(workflow, "output-globalname")
