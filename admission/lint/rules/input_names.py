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
          - {name: main, inputs: {parameters: [{name: a_b, value: x}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, inputs: {parameters: [{name: a.b, value: x}]}, container: {image: alpine}}  # finding
        """,
)
def input_names(workflow: Workflow) -> Iterator[Hit]:
    """
    Inputs have names, each its own.

    A name has letters, digits, hyphens and underscores. A parameter and an artifact may share one.
    """
    return found(workflow, "input-names")
