from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, when
from admission.argo.languages.tags import OPEN, tags
from admission.argo.workflow import Workflow
from admission.lint.reading import inputs, literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import text
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            inputs: {parameters: [{name: p, default: ""}]}
            steps:
            - - {name: a, template: leaf, when: "'{{inputs.parameters.p}}' == y"}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            inputs: {parameters: [{name: p, default: ""}]}
            steps:
            - - {name: a, template: leaf, when: "{{inputs.parameters.p}} == y"}  # finding
        """,
)
def rt_when_empty_operand(workflow: Workflow) -> Iterator[Hit]:
    """
    A tag that may bring an empty value, or one of several words, has quotes in a condition.

    Without, the condition cannot be read when that value comes, and the workflow ends in Error. A value that is given
    with the run may prevent it, so it is a warning.
    """
    values = inputs({"inputs": workflow.spec.get("arguments")}, "parameters")
    for node, call in workflow.graph.calls:
        written = text(call.document.get("when"))
        if OPEN not in written:
            continue
        for name in _bare(written):
            kind, _, parameter = name.partition(".parameters.")
            known = values if kind == "workflow" else inputs(node.document, "parameters") if kind == "inputs" else {}
            value = literal(known.get(parameter, {}).get("value", known.get(parameter, {}).get("default")))
            if value is not None and len(value.split()) != 1:
                yield (
                    call.path / "when",
                    f"set quotes around {{{{{name}}}}}: its value {shown(value)} cannot be read without",
                )


def _bare(written: str) -> Iterator[str]:
    """The names of the simple tags without quotes around them."""
    try:
        bare = when.parse(written).bare
    except LanguageError:
        return
    for tag in tags(written):
        if not tag.is_expression and any(start <= tag.start and tag.end <= end for start, end in bare):
            yield tag.name
