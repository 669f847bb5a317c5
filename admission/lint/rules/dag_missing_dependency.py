from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - name: main
            dag:
              tasks:
              - {name: a, template: gen}
              - name: b
                template: leaf
                depends: a
                arguments: {parameters: [{name: m, value: "{{tasks.a.outputs.result}}"}]}
          - {name: gen, script: {image: alpine, command: [sh], source: echo 1}}
          - {name: leaf, inputs: {parameters: [{name: m}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            dag:
              tasks:
              - {name: a, template: gen}
              - name: b
                template: leaf
                arguments: {parameters: [{name: m, value: "{{tasks.a.outputs.result}}"}]}  # finding
          - {name: gen, script: {image: alpine, command: [sh], source: echo 1}}
          - {name: leaf, inputs: {parameters: [{name: m}]}, container: {image: alpine}}
        """,
)
def dag_missing_dependency(workflow: Workflow) -> Iterator[Hit]:
    """
    A task depends on the task whose output it is given.

    Argo looks at arguments that begin with {{tasks.…: without the dependency the other task may not have run.
    """
    return found(workflow, "dag-missing-dependency")
