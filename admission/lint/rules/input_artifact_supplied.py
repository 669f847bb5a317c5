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
            steps:
            - - {name: a, template: leaf, arguments: {artifacts: [{name: f, raw: {data: hello}}]}}
          - {name: leaf, inputs: {artifacts: [{name: f, path: /f}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, template: leaf}  # finding
          - {name: leaf, inputs: {artifacts: [{name: f, path: /f}]}, container: {image: alpine}}
        """,
)
def input_artifact_supplied(workflow: Workflow) -> Iterator[Hit]:
    """
    A reference gives every input artifact a source.

    An input artifact that is neither optional nor has a location of its own comes from the arguments of the caller.
    """
    return found(workflow, "input-artifact-supplied")
