from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: a1, template: leaf}
              - {name: b, template: leaf, dependencies: [a1]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: 1a, template: leaf}
              - name: b
                template: leaf
                dependencies:
                - 1a  # finding
        """,
)
def rt_depends_digit(workflow: Workflow) -> Iterator[Hit]:
    """
    A task that others depend on has a name that does not begin with a digit.

    The controller makes an expression of the dependencies, which then cannot be read, and the workflow stays where it
    is: certain, so denied. Argo's validator refuses it only in some places.
    """
    for node, call in workflow.graph.calls:
        for path, word in call.named_dependencies if node.is_dag else ():
            if word[0].isdecimal() and word in node.by_name:
                yield path, f"{word!r}: no condition can name a task that begins with a digit: rename it"
