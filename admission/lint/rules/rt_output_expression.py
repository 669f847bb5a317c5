from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.graph import Node
from admission.argo.variable_uses import uses_of
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, literal, outputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action
from admission.model.path import Path


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
            outputs: {parameters: [{name: q, valueFrom: {expression: steps.a.outputs.result}}]}
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
              - {name: q, valueFrom: {expression: steps.a.(}}  # finding
              - {name: r, valueFrom: {expression: steps.b.outputs.result}}  # finding
        """,
)
def rt_output_expression(workflow: Workflow) -> Iterator[Hit]:
    """
    The expression of an output or artifact can be evaluated.

    Argo's validator does not read it. What is no expression, or calls what does not exist, ends the template in Error:
    certain, so denied. A step or output that does not exist is a warning: the expression may never get that far.
    """
    for node in workflow.graph.having("outputs", "steps", "dag"):
        for path, written in _expressions(node):
            if problem := problem_of(written):
                yield path, problem
            for use in uses_of(written) if node.calls else ():
                if node.lacks(use):
                    yield path, f"{use.name}: there is no {use.parts[0][:-1]} {use.parts[1]!r}", Action.WARN
                elif node.lacks_output(use):
                    yield path, f"{use.name}: the template of {use.parts[1]!r} has no such output", Action.WARN


def _expressions(node: Node) -> Iterator[tuple[Path, str]]:
    """The expressions of a template's outputs and of the artifacts that its steps are given."""
    for path, parameter in outputs(node, "parameters"):
        if written := literal(mapping(parameter.get("valueFrom")).get("expression")):
            yield path.join(("valueFrom", "expression")), written
    artifacts = list(outputs(node, "artifacts"))
    for call in node.calls:
        given = mapping(call.document.get("arguments")).get("artifacts")
        artifacts += entries(call.path.join(("arguments", "artifacts")), given) if given else ()
    for path, artifact in artifacts:
        if written := literal(artifact.get("fromExpression")):
            yield path / "fromExpression", written
