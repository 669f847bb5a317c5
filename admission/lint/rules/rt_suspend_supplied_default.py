from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import inputs, outputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, text


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
            suspend: {duration: "5"}
            outputs:
              parameters:
              - {name: q, valueFrom: {supplied: {}}}  # finding
        """,
)
def rt_suspend_supplied_default(workflow: Workflow) -> Iterator[Hit]:
    """
    What is supplied to a template that goes on by itself has a default.

    When the duration is over and nobody has supplied the value, the template fails: certain where nobody looks, so
    denied.
    """
    for node in workflow.graph.having("suspend"):
        if node.type != "suspend" or not mapping(node.document.get("suspend")).get("duration"):
            continue
        known = inputs(node.document, "parameters")
        for path, parameter in outputs(node, "parameters"):
            source = mapping(parameter.get("valueFrom"))
            if (
                source.get("supplied") is not None
                and source.get("default") is None
                and text(parameter.get("name")) not in known
            ):
                yield path, "give it a default: after the duration nobody has supplied the value"
