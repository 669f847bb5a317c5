from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule


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
    denied.
    """
    for hook in workflow.graph.hooks:
        expression = literal(hook.document.get("expression"))
        if expression and (problem := problem_of(expression, value="bool")):
            yield hook.path / "expression", problem
