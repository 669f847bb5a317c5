from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - {name: gen, container: {image: alpine}, outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}}
          - name: main
            steps:
            - - {name: a, template: gen, withItems: [1, 2]}
            - - {name: b, template: leaf, withParam: "{{steps.a.outputs.parameters.o}}"}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - {name: gen, container: {image: alpine}, outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}}
          - name: main
            steps:
            - - {name: a, template: gen, withItems: [1, 2]}
            - - name: b
                template: leaf
                arguments:
                  parameters:
                  - {name: m, value: "{{steps.a.outputs.parameters.o}}"}  # finding
        """,
)
def rt_loop_scalar_ref(workflow: Workflow) -> Iterator[Hit]:
    """
    The output of a step that loops is a list.

    What the single runs gave arrives as the text of one JSON list, also where one value was expected. It may be meant,
    so it is a warning.
    """
    for node, call in workflow.graph.calls:
        for place, use in call.uses_of("tasks" if node.is_dag else "steps"):
            other = node.by_name.get(use.parts[1])
            is_output = use.parts[2:4] == ("outputs", "parameters") and len(use.parts) > 4 and not use.expression
            if other and other.loops and other is not call and is_output and place[-1] != "withParam":
                yield place, f"{use.name} is a JSON list of the values of all runs, because {other.name!r} loops"
