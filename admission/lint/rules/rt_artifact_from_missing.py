from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - name: gen
            container: {image: alpine}
            outputs: {parameters: [{name: o, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
          - name: main
            steps:
            - - {name: a, template: gen}
            outputs: {artifacts: [{name: q, from: "{{steps.a.outputs.artifacts.f}}"}]}
        """,
    bad="""
        spec:
          templates:
          - name: gen
            container: {image: alpine}
            outputs: {parameters: [{name: o, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
          - name: main
            steps:
            - - {name: a, template: gen}
            outputs:
              artifacts:
              - {name: q}  # finding
        """,
)
def rt_artifact_from_missing(workflow: Workflow) -> Iterator[Hit]:
    """
    An output artifact of steps or a DAG says where it comes from.

    Without from it is left out without a word. Nobody may need it, so it is a warning.
    """
    for node in workflow.graph.having("outputs"):
        for path, artifact in outputs(node, "artifacts") if node.type in ("steps", "dag") else ():
            if not artifact.get("from") and not artifact.get("fromExpression"):
                yield path, "say with from which step's artifact this is: without, it is left out"
