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
            - - {name: a, template: leaf, arguments: {parameters: [{name: m, value: hello}]}}
          - {name: leaf, inputs: {parameters: [{name: m}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, template: leaf}  # finding
          - {name: leaf, inputs: {parameters: [{name: m}]}, container: {image: alpine}}
        """,
)
def input_param_supplied(workflow: Workflow) -> Iterator[Hit]:
    """
    A reference gives every input parameter a value.

    An input without value or default gets it from the arguments of the step, task or workflow that calls its
    template.
    """
    return found(workflow, "input-param-supplied")
