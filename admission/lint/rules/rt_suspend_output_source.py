from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
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
              - {name: q, valueFrom: {path: /q}}  # finding
        """,
)
def rt_suspend_output_source(workflow: Workflow) -> Iterator[Hit]:
    """
    An output of a suspended template is supplied.

    No other source ever gives it a value, as nothing runs. Nobody may use it, so it is a warning.
    """
    for node in workflow.graph.having("suspend"):
        for path, parameter in outputs(node, "parameters") if node.type == "suspend" else ():
            source = mapping(parameter.get("valueFrom"))
            if source and source.get("supplied") is None:
                yield path, "nothing runs here that could give this value: use {supplied: {}}"
