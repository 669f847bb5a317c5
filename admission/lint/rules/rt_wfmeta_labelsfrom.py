from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          workflowMetadata: {labelsFrom: {team: {expression: workflow.parameters.team}}}
        """,
    bad="""
        spec:
          workflowMetadata:
            labelsFrom:
              team: {expression: "1 +"}  # finding
              size: {expression: "1 + 1"}  # finding
        """,
)
def rt_wfmeta_labelsfrom(workflow: Workflow) -> Iterator[Hit]:
    """
    A label that an expression gives can be evaluated, and is a text.

    Argo evaluates it when the workflow starts, and ends it in Error where it cannot: certain, so denied.
    """
    for key, source in mapping(mapping(workflow.spec.get("workflowMetadata")).get("labelsFrom")).items():
        written = literal(mapping(source).get("expression"))
        if written is not None and (problem := problem_of(written, value="string")):
            yield workflow.spec_path.join(("workflowMetadata", "labelsFrom", key)), problem
