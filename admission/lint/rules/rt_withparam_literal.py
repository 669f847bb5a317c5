from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, sequences
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withParam: '["a", "b"]'}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withParam: "a,b"}  # finding
        """,
)
def rt_withparam_literal(workflow: Workflow) -> Iterator[Hit]:
    """
    withParam is a JSON list.

    One that is written out and is none ends the step in Error when it is due: certain, so denied.
    """
    for _, call in workflow.graph.calls:
        written = literal(call.document.get("withParam"))
        if written:
            try:
                sequences.items(written)
            except LanguageError as error:
                yield call.path / "withParam", f"{shown(written)} is {error}"
