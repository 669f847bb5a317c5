from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.languages.expr import BUILTINS
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - name: main
            data:
              source: {artifactPaths: {name: all, s3: {bucket: b}}}
              transformation: [{expression: "filter(data, {# endsWith '.csv'})"}]
        """,
    bad="""
        spec:
          templates:
          - name: main
            data:
              source: {}  # finding
              transformation:
              - {expression: "filter(data,"}  # finding
        """,
)
def rt_data(workflow: Workflow) -> Iterator[Hit]:
    """
    A data template reads artifact paths, and transforms them by expressions.

    The executor ends the step in Error where there is no source, or where an expression cannot be evaluated: certain,
    so denied.
    """
    for node in workflow.graph.having("data"):
        data = node.document.get("data")
        if not isinstance(data, dict):
            continue
        if not isinstance(mapping(data.get("source")).get("artifactPaths"), dict):
            yield node.path.join(("data", "source")), "say with artifactPaths where the paths are read"
        for path, transformation in entries(node.path.join(("data", "transformation")), data.get("transformation")):
            written = literal(transformation.get("expression"))
            if written and (problem := problem_of(written, frozenset({"data"}), functions=BUILTINS)):
                yield path / "expression", problem
