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
            - - {name: a, template: leaf}
            - - name: b
                template: leaf
                arguments: {parameters: [{name: m, value: "{{steps.a.status}}"}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf}
              - name: b
                template: leaf
                when: "{{steps.a.status}} == Succeeded"  # finding
        """,
)
def rt_sibling_ref(workflow: Workflow) -> Iterator[Hit]:
    """
    A step does not wait for a step of its own group.

    The steps of one group start together. What one uses of another has no value then, so that Argo tries again for ever
    and the workflow never ends: certain, so denied. Argo's validator takes the order of the text for the order of time.
    """
    for node, call in workflow.graph.calls:
        for place, use in call.uses_of("steps"):
            other = node.by_name.get(use.parts[1])
            if other is not None and other.name != call.name and other.group == call.group >= 0:
                yield (
                    place,
                    f"{use.name} has no value yet: {other.name!r} starts together with {call.name!r}, set it before",
                )
