from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import depends
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
              - {name: input, template: leaf}
              - {name: b, template: leaf, dependencies: [input]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: in, template: leaf}
              - name: b
                template: leaf
                dependencies:
                - in  # finding
        """,
)
def rt_depends_reserved(workflow: Workflow) -> Iterator[Hit]:
    """
    A task that others depend on is not called like a word of the language.

    The controller makes an expression of the dependencies, which then cannot be read, and the workflow stays where it
    is: certain, so denied. Argo's validator does not look.
    """
    for node, call in workflow.graph.calls:
        for path, word in call.named_dependencies if node.is_dag else ():
            if word in depends.RESERVED and word in node.by_name:
                yield path, f"{word!r}: this is a word of the language of conditions: rename the task"
