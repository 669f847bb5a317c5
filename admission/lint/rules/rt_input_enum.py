from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries, inputs, literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    mentions=('"enum"', 'emplateRef"'),
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, enum: [x, y]}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, arguments: {parameters: [{name: m, value: x}]}}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, enum: [x, y]}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                arguments:
                  parameters:
                  - {name: m, value: z}  # finding
        """,
)
def rt_input_enum(workflow: Workflow) -> Iterator[Hit]:
    """
    A value is in the enum of the input that gets it.

    Argo checks the enum of a workflow's own arguments only: what a step hands over runs, whatever it is. So it is a
    warning.
    """
    for _, call in workflow.graph.calls:
        template = call.callee.document
        arguments = mapping(call.document.get("arguments")).get("parameters") if template else None
        for place, argument in entries(call.path.join(("arguments", "parameters")), arguments):
            declared = inputs(mapping(template), "parameters").get(text(argument.get("name")), {})
            if problem := _outside(argument.get("value"), declared):
                yield place / "value", problem
    for node in workflow.graph.having("inputs"):
        own = mapping(node.document.get("inputs")).get("parameters")
        for place, parameter in entries(node.path.join(("inputs", "parameters")), own):
            for name in ("default", "value"):
                if problem := _outside(parameter.get(name), parameter):
                    yield place / name, problem


def _outside(value: object, declared: Document) -> str:
    if "enum" not in declared:
        return ""
    enum = [literal(each) for each in sequence(declared.get("enum"))]
    said = literal(value)
    if not enum or said is None or said in enum:
        return ""
    return f"{shown(said)} is none of the values of the enum: {', '.join(shown(str(each)) for each in enum[:5])}"
