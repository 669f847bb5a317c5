from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                withItems: [1, 2]
                arguments: {parameters: [{name: m, value: "{{item}}"}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                withItems: [1, 2]
            - - name: b
                template: leaf
                arguments:
                  parameters:
                  - {name: m, value: "{{item}}"}  # finding
        """,
)
def rt_item_outside_loop(workflow: Workflow) -> Iterator[Hit]:
    """
    item stands in a loop.

    Argo knows it in the step that loops, and nowhere else: elsewhere the tag itself is handed on as it is written. That
    may be meant, where another program reads it, so it is a warning.
    """
    loops = [call.path for _, call in workflow.graph.calls if call.loops and call.document.get("inline")]
    for _, call in workflow.graph.calls:
        if call.loops or any(call.path.within(loop) for loop in loops):
            continue
        for each in call.texts:
            if any(use.parts[0] == "item" and not use.guarded for use in each.uses):
                yield each.path, "there is no item here: the step has no withItems, withParam or withSequence"
