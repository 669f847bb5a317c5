from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import Document, sequence


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
        items, field = _items(call.document)
        if not items or not all(isinstance(item, dict) for item in items):
            continue
        # What no item of withItems has, Argo's validator refuses.
        most = len(items) if field == "withItems" else len(items) + 1
        for each in call.texts:
            for use in each.uses:
                key = ".".join(use.parts[1:])
                lacking = [index for index, item in enumerate(items) if key not in item]
                if use.parts[0] == "item" and key and not use.expression and 0 < len(lacking) < most:
                    yield each.path, f"item {lacking[0]} of {field} has no {key!r}"


def _items(holder: Document) -> tuple[list[Any], str]:
    """The items of a loop that are written out, and in which field."""
    listed, written = sequence(holder.get("withItems")), literal(holder.get("withParam"))
    if listed or not written:
        return listed, "withItems"
    try:
        return sequence(orjson.loads(written)), "withParam"
    except orjson.JSONDecodeError:
        return [], "withParam"
