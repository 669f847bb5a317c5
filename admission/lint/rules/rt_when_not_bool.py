from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, when
from admission.argo.languages.when_values import said
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import text


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, when: "foo == foo"}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, when: foo}  # finding
        """,
)
def rt_when_not_bool(workflow: Workflow) -> Iterator[Hit]:
    """
    The condition of a step comes to true or false.

    Any other value ends the workflow in Error when the step is due: certain, so denied.
    """
    for _, call in workflow.graph.calls:
        written = text(call.document.get("when"))
        if written:
            try:
                value = when.parse(written).value
            except LanguageError:
                continue
            if value is not when.ANY and not isinstance(value, bool):
                yield call.path / "when", f"comes to {said(value)}, not to true or false: compare it with something"
