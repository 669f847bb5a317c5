from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.variable_uses import uses_of
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, near
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    good="""
        spec:
          hooks:
            failed: {template: leaf, expression: 'workflow.status == "Failed"'}
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          hooks:
            failed: {template: leaf, expression: 'workflow.status = "Failed"'}  # finding
            length: {template: leaf, expression: len(workflow.name)}  # finding
            other: {template: leaf, expression: 'status == "Failed"'}  # finding
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
        """,
)
def rt_hook_expression_invalid(workflow: Workflow) -> Iterator[Hit]:
    """
    The expression of a hook can be evaluated, and says yes or no.

    Argo compiles it on every look at the workflow, with the variables that there are: what does not compile, names a
    function or variable that does not exist, or gives another value than true or false ends in Error. Certain, so
    denied. A step or task that does not exist is a warning: the expression may provide for it.
    """
    for hook in workflow.graph.hooks:
        expression = literal(hook.document.get("expression"))
        if expression and (problem := problem_of(expression, value="bool")):
            yield hook.path / "expression", problem
    for node, call in workflow.graph.calls if workflow.graph.hooks else ():
        for hook in call.hooks:
            for use in uses_of(literal(hook.document.get("expression")) or ""):
                if node.lacks(use):
                    kind, name = use.parts[0][:-1], use.parts[1]
                    said = f"{use.name}: there is no {kind} {name!r}{near(name, node.by_name)}"
                    yield hook.path / "expression", said, Action.WARN
