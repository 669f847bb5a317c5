from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, outputs
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: a, suspend: {}, outputs: {parameters: [{name: o, globalName: one, valueFrom: {supplied: {}}}]}}
          - {name: b, suspend: {}, outputs: {parameters: [{name: o, globalName: two, valueFrom: {supplied: {}}}]}}
        """,
    bad="""
        spec:
          templates:
          - {name: a, suspend: {}, outputs: {parameters: [{name: o, globalName: one, valueFrom: {supplied: {}}}]}}
          - name: b
            container: {image: alpine}
            outputs:
              parameters:
              - {name: o, globalName: one, valueFrom: {path: /o}}  # finding
        """,
)
def rt_globalname_duplicate(workflow: Workflow) -> Iterator[Hit]:
    """
    One output gives each global output.

    Of several with the same globalName the last one that ends wins, which differs from run to run. It may be that only
    one of them runs, so it is a warning.
    """
    seen: dict[tuple[str, str], str] = {}
    for node in workflow.graph.having("outputs"):
        for what in ("parameters", "artifacts"):
            for path, output in outputs(node, what):
                name = literal(output.get("globalName"))
                if name and seen.setdefault((what, name), node.name) != node.name:
                    yield path, f"{seen[what, name]!r} gives the global output {name!r}, too: the last one wins"
