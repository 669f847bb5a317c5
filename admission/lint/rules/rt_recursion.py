from __future__ import annotations

from collections.abc import Iterator

from admission.argo.recursion import endless
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf}
            - - {name: again, template: main, when: "{{steps.a.status}} == Failed"}
        """,
    bad="""
        spec:
          templates:
          - name: main
            steps:
            - - {name: a, template: other}
          - name: other
            steps:
            - - {name: b, template: main}  # finding
        """,
)
def rt_recursion(workflow: Workflow) -> Iterator[Hit]:
    """
    Templates that call each other come to an end.

    A circle of calls that no condition, no loop over data and no result of a task can leave runs until Argo stops it at
    a depth of 100 with an Error: certain, so denied.
    """
    for call, circle in endless(workflow.graph):
        yield call.path, f"this calls {circle} without end: give one of the calls a condition"
