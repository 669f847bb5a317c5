from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: main, suspend: {}, outputs: {parameters: [{name: q, valueFrom: {supplied: {}}}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            suspend: {}
            outputs:
              parameters:
              - {name: q, value: fixed}  # finding
        """,
)
def rt_suspend_output_value(workflow: Workflow) -> Iterator[Hit]:
    """
    An output of a suspended template is supplied when it goes on.

    A value that is written out in place of valueFrom crashes the controller's look at the workflow, which ends in
    Error: certain, so denied.
    """
    for node in workflow.graph.having("suspend"):
        for path, parameter in outputs(node, "parameters") if node.type == "suspend" else ():
            if parameter.get("valueFrom") is None:
                yield path, "an output of a suspended template needs valueFrom, such as {supplied: {}}"
