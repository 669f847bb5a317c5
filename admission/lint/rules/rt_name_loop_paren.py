from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, text

_RUN = re.compile(r"\b([a-zA-Z0-9][-a-zA-Z0-9]*)\(\d+(?::[^)]*)?\)(?=['\"]?\]?\.)")


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withItems: [1, 2]}
            outputs: {parameters: [{name: o, valueFrom: {parameter: "{{steps.a.outputs.result}}"}}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withItems: [1, 2]}
            outputs:
              parameters:
              - {name: o, valueFrom: {expression: "steps['a(0)'].outputs.result"}}  # finding
        """,
)
def rt_name_loop_paren(workflow: Workflow) -> Iterator[Hit]:
    """
    A step that loops is named without the number of a run.

    Names such as a(0) are those of single runs in the status. No variable has one, so that Argo waits for ever, or ends
    the step in Error: certain, so denied.
    """
    for node in workflow.graph.having("outputs"):
        for what, field in (("parameters", "expression"), ("parameters", "parameter"), ("artifacts", "fromExpression")):
            for path, output in outputs(node, what) if node.calls else ():
                source = mapping(output.get("valueFrom")) if what == "parameters" else output
                found = _RUN.search(text(source.get(field)))
                if found:
                    place = path / "valueFrom" / field if what == "parameters" else path / field
                    yield place, f"{found[0]!r} is the name of one run: results are those of {found[1]!r} as a whole"
