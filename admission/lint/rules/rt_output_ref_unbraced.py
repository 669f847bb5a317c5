from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Node
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, outputs, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


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
              - {name: q, valueFrom: {parameter: steps.a.outputs.parameters.o}}  # finding
              - {name: r, valueFrom: {parameter: steps.b.outputs.parameters.o}}  # finding
        """,
)
def rt_output_ref_unbraced(workflow: Workflow) -> Iterator[Hit]:
    """
    The source of an output is a tag of a step or task that there is.

    Argo's validator checks tags: a name without braces goes past it. One of a step, task or output that does not exist
    ends the template in Error, and is denied unless a default is given; others work, and are a warning because nothing
    checks them.
    """
    for node in workflow.graph.having("outputs"):
        for path, parameter in outputs(node, "parameters") if node.calls else ():
            source = mapping(parameter.get("valueFrom"))
            written = literal(source.get("parameter"))
            if written:
                lost = _is_lost(node, written.strip()) and source.get("default") is None
                said = "there is no such step, task or output" if lost else "write it in braces, so that it is checked"
                yield (
                    path.join(("valueFrom", "parameter")),
                    f"{shown(written)}: {said}",
                    (Action.DENY if lost else Action.WARN),
                )


def _is_lost(node: Node, name: str) -> bool:
    root, _, rest = name.partition(".")
    if root not in ("steps", "tasks", "workflow", "inputs"):
        return True
    return root in ("steps", "tasks") and rest.partition(".")[0] not in node.by_name
