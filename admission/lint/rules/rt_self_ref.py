from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                hooks:
                  exit: {template: leaf, arguments: {parameters: [{name: m, value: "{{steps.a.status}}"}]}}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                when: "{{steps.a.status}} == Failed"  # finding
        """,
)
def rt_self_ref(workflow: Workflow) -> Iterator[Hit]:
    """
    A step or task does not wait for itself.

    Before it has run there is no result of it, so that Argo tries again for ever: certain, so denied. Hooks may use
    what their own step gave.
    """
    for node, call in workflow.graph.calls:
        for place, use in call.uses_of("tasks" if node.is_dag else "steps"):
            if use.parts[1] == call.name:
                yield place, f"{use.name} has no value before {call.name!r} itself has run"
