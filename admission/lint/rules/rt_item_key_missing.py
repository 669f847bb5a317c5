from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import sequence


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                withItems: [{k: 1}, {k: 2, j: 3}]
                arguments: {parameters: [{name: m, value: "{{item.k}}"}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                withItems: [{k: 1}, {j: 3}]
                arguments:
                  parameters:
                  - {name: m, value: "{{item.k}}"}  # finding
        """,
)
def rt_item_key_missing(workflow: Workflow) -> Iterator[Hit]:
    """
    Every item of a loop has the keys that the step uses.

    Argo fills in each item strictly: one without a key that is used ends the step in Error. Certain for items that are
    written out, so denied.
    """
    for _, call in workflow.graph.calls:
        items = sequence(call.document.get("withItems"))
        if not items or not all(isinstance(item, dict) for item in items):
            continue
        for each in call.texts:
            for use in each.uses:
                key = ".".join(use.parts[1:])
                lacking = [index for index, item in enumerate(items) if key not in item]
                if use.parts[0] == "item" and key and not use.expression and 0 < len(lacking) < len(items):
                    yield each.path, f"item {lacking[0]} of withItems has no {key!r}"
