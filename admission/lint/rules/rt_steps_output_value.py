from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - name: gen
            container: {image: alpine}
            outputs: {parameters: [{name: o, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
          - name: main
            steps:
            - - {name: a, template: gen}
            outputs: {parameters: [{name: q, valueFrom: {parameter: "{{steps.a.outputs.parameters.o}}"}}]}
        """,
    bad="""
        spec:
          templates:
          - name: gen
            container: {image: alpine}
            outputs: {parameters: [{name: o, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
          - name: main
            steps:
            - - {name: a, template: gen}
            outputs:
              parameters:
              - {name: q, value: fixed}  # finding
        """,
)
def rt_steps_output_value(workflow: Workflow) -> Iterator[Hit]:
    """
    An output of steps or a DAG comes from one of its steps or tasks.

    A value that is written out is taken by Argo's validator, and refused when the template ends: certain, so denied.
    """
    for node in workflow.graph.having("outputs"):
        for path, parameter in outputs(node, "parameters") if node.type in ("steps", "dag") else ():
            if parameter.get("valueFrom") is None and parameter.get("value") is not None:
                yield path, "an output of steps or a DAG needs valueFrom: a value of its own is refused at the end"
