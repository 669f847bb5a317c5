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
              - name: a
                template: leaf
                hooks:
                  exit: {template: leaf}
                  running: {template: leaf, expression: 'tasks.a.status == "Running"'}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - name: a
                template: leaf
                hooks:
                  running: {template: leaf}  # finding
        """,
)
def rt_hook_expression_missing(workflow: Workflow) -> Iterator[Hit]:
    """
    A hook of a DAG task says when it fires.

    Only the exit hook needs no expression. Argo refuses others in steps, but not in DAGs, where the task ends in Error
    as soon as it runs: certain, so denied.
    """
    for _, call in workflow.graph.calls:
        for hook in call.hooks if call.group < 0 else ():
            if hook.event != "exit" and not hook.document.get("expression"):
                yield hook.path, f"give the hook {hook.event!r} an expression that says when it fires"
