from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, jq, jsonpath
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, outputs, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    good="""
        spec:
          templates:
          - name: main
            resource: {action: get, flags: [job, a]}
            outputs: {parameters: [{name: q, valueFrom: {jsonPath: "{.status.phase}"}}]}
        """,
    bad="""
        spec:
          templates:
          - name: main
            resource: {action: get, flags: [job, a]}
            outputs:
              parameters:
              - {name: q, valueFrom: {jsonPath: "{.status.phase"}}  # finding
              - {name: r, valueFrom: {jqFilter: ".status[0"}}  # finding
        """,
)
def rt_resource_jq(workflow: Workflow) -> Iterator[Hit]:
    """
    The paths by which outputs are read from an object can be read themselves.

    The executor reads a jsonPath as kubectl does, and a jqFilter as jq: what cannot be read ends the step in Error when
    the object is there. Certain, so denied. A jsonPath without braces is a text that gives itself: a warning.
    """
    for node in workflow.graph.having("resource"):
        for path, parameter in outputs(node, "parameters") if node.type == "resource" else ():
            source = mapping(parameter.get("valueFrom"))
            json_path, jq_filter = literal(source.get("jsonPath")), literal(source.get("jqFilter"))
            try:
                if json_path and not jsonpath.parse(json_path).actions:
                    yield path, f"{shown(json_path)} gives itself: write it in braces", Action.WARN
                jq.check(jq_filter or ".")
            except LanguageError as error:
                yield path, f"at character {error.offset + 1}: {error}"
