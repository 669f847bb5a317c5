from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.languages import LanguageError, sequences
from admission.argo.workflow import Workflow
from admission.lint.reading import inputs, literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import text
from admission.model.finding import Action

_PARAMETER = re.compile(r"\s*\{\{\s*(workflow|inputs)\.parameters\.([-\w]+)\s*\}\}\s*")


@rule(
    action=Action.WARN,
    good="""
        spec:
          arguments: {parameters: [{name: list, value: '["a"]'}]}
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withParam: "{{workflow.parameters.list}}"}
        """,
    bad="""
        spec:
          arguments: {parameters: [{name: list, value: "a,b"}]}
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withParam: "{{workflow.parameters.list}}"}  # finding
        """,
)
def rt_withparam_source(workflow: Workflow) -> Iterator[Hit]:
    """
    What withParam reads is a JSON list.

    A parameter whose value or default is another text ends the step in Error, unless the run brings another value: so
    it is a warning.
    """
    values = inputs({"inputs": workflow.spec.get("arguments")}, "parameters")
    for node, call in workflow.graph.calls:
        match = _PARAMETER.fullmatch(text(call.document.get("withParam")))
        if not match:
            continue
        known = values if match[1] == "workflow" else inputs(node.document, "parameters")
        value = literal(known.get(match[2], {}).get("value", known.get(match[2], {}).get("default")))
        try:
            sequences.items("[]" if value is None else value)
        except LanguageError as error:
            yield call.path / "withParam", f"the parameter {match[2]!r} has the value {shown(value or '')}: {error}"
