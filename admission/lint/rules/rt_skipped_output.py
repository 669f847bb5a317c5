from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Call
from admission.argo.variable_uses import Use
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, inputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - {name: gen, container: {image: x}, outputs: {parameters: [{name: o, valueFrom: {path: /o, default: no}}]}}
          - name: main
            steps:
            - - {name: a, template: gen, when: "{{workflow.status}} == x"}
            - - name: b
                template: leaf
                arguments: {parameters: [{name: m, value: "got {{steps.a.outputs.parameters.o}}"}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - {name: gen, container: {image: alpine}, outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}}
          - name: main
            steps:
            - - {name: a, template: gen, when: "{{workflow.status}} == x"}
            - - name: b
                template: leaf
                arguments:
                  parameters:
                  - {name: m, value: "got {{steps.a.outputs.parameters.o}}"}  # finding
        """,
)
def rt_skipped_output(workflow: Workflow) -> Iterator[Hit]:
    """
    What a step may leave undone is provided for where it is used.

    A step with a condition that does not hold gives no outputs. Whoever uses them without a default of the output, a
    default of the own input, or ?? in an expression then fails (before 4.0.7 it waits for ever). Whether the condition
    holds only the run knows, so it is a warning.
    """
    for node, call in workflow.graph.calls:
        for place, use in call.uses_of("tasks" if node.is_dag else "steps"):
            other = node.by_name.get(use.parts[1])
            if other is None or use.parts[2:3] != ("outputs",) or other.name == call.name:
                continue
            if (
                other.document.get("when")
                and not call.document.get("when")
                and not _is_provided(call, other, place, use)
            ):
                yield place, f"{use.name} has no value where {other.name!r} is skipped: give it a default"


def _is_provided(call: Call, other: Call, place: Path, use: Use) -> bool:
    """Whether the output has a default, or the input that it alone fills, or the artifact is optional."""
    produced = mapping(mapping(other.callee.document).get("outputs"))
    for _, output in entries(Path(), produced.get("parameters")):
        default = mapping(output.get("valueFrom")).get("default", output.get("value"))
        if use.parts[3:5] == ("parameters", output.get("name")) and default is not None:
            return True
    argument = mapping(Path(place.after(call.path)[:3]).get(call.document))
    if argument.get("optional") is True:
        return True
    declared = inputs(mapping(call.callee.document), "parameters").get(str(argument.get("name")), {})
    return use.is_whole and declared.get("default") is not None
