from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule

TYPES = ("container", "script", "containerSet", "resource", "dag", "suspend", "data", "http", "plugin")


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf}
        """,
    bad="""
        spec:
          templates:
          - name: main
            steps: []  # finding
        """,
)
def rt_empty_steps(workflow: Workflow) -> Iterator[Hit]:
    """
    A template with steps has at least one group of them.

    Argo's validator takes an empty list; the controller then finds a template without a type: certain, so denied.
    """
    for node in workflow.graph.having("steps"):
        if node.document.get("steps") == [] and not any(node.document.get(name) for name in TYPES):
            yield node.path / "steps", "the template has no steps: add one, or remove the template"
