from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import near
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf}
            - - name: b
                template: leaf
                arguments: {parameters: [{name: m, value: "{{=steps.a.outputs.result}}"}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: b
                template: leaf
                arguments:
                  parameters:
                  - {name: m, value: "{{=steps.z.outputs.result}}"}  # finding
        """,
)
def rt_later_ref_expression(workflow: Workflow) -> Iterator[Hit]:
    """
    An expression uses steps and tasks that have run by then.

    Argo's validator does not look into expressions. One that names a step or task that does not exist, or comes later,
    is tried again for ever: certain, so denied, unless ?? or ?. provides for the absence.
    """
    for node, call in workflow.graph.calls:
        ours, theirs = ("tasks", "steps") if node.is_dag else ("steps", "tasks")
        for place, use in call.uses_of(ours):
            other = node.by_name.get(use.parts[1])
            if use.expression and other is None:
                yield place, f"{use.name}: there is no {ours[:-1]} {use.parts[1]!r}{near(use.parts[1], node.by_name)}"
            elif use.expression and other is not None and other.group > call.group:
                yield place, f"{use.name} has no value yet: {other.name!r} runs after {call.name!r}"
        for place, use in call.uses_of(theirs):
            if use.expression:
                yield place, f"{use.name}: there are no {theirs} in a template with {ours}"
