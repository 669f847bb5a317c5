from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.languages.tags import tags
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    mentions=("{{=",),
    good="""
        spec:
          templates:
          - name: main
            inputs: {parameters: [{name: my-p, value: x}]}
            container: {image: alpine, args: ["{{=inputs.parameters['my-p']}}"]}
        """,
    bad="""
        spec:
          templates:
          - name: main
            inputs: {parameters: [{name: my-p, value: x}]}
            container:
              image: alpine
              args:
              - "{{=inputs.parameters.my-p}}"  # finding
        """,
)
def rt_expression_literal(workflow: Workflow) -> Iterator[Hit]:
    """
    An expression tag can be evaluated.

    Argo's validator does not look into expressions. In a step or task what is no expression ends in Error: certain, so
    denied. Elsewhere, and where it names what does not exist, the tag reaches the container as it is written: a
    warning.
    """
    for node in workflow.graph.nodes:
        for each in node.texts:
            for problem in _problems(each.text):
                yield each.path, problem, Action.WARN
        for each in (found for call in node.calls for found in call.texts):
            for problem in _problems(each.text):
                yield each.path, problem, Action.DENY if problem.startswith("not an expression") else Action.WARN


def _problems(text: str) -> Iterator[str]:
    if "{{=" in text:
        for tag in tags(text):
            if tag.is_expression and (problem := problem_of(tag.expression)):
                yield problem
