from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: a, template: leaf}
              - name: b
                template: leaf
                depends: a
                when: "{{tasks.a.status}} == Succeeded"
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: a, template: leaf}
              - name: b
                template: leaf
                when: "{{tasks.a.outputs.result}} == x"  # finding
        """,
)
def rt_dag_no_dependency(workflow: Workflow) -> Iterator[Hit]:
    """
    A task depends on the tasks whose results it uses.

    Argo gives a task the results of those only that it depends on, at any distance. Without, it waits for ever (before
    4.0.2 it ran with the tag in place of the value): certain, so denied. Argo's validator sees it only where an
    argument begins with the tag. What a hook is given may be known by the time that the hook runs: a warning.
    """
    for node, call in workflow.graph.calls:
        for place, use in call.uses_of("tasks") if node.is_dag else ():
            other = use.parts[1]
            is_argos = use.is_first and "arguments" in place.after(call.path)
            if other != call.name and other in node.by_name and not is_argos and not node.waits(call.name, other):
                yield place, f"{use.name} has no value here: let {call.name!r} depend on {other!r}"
        for place, use in call.uses_in_hooks("tasks") if node.is_dag else ():
            other = use.parts[1]
            if other != call.name and other in node.by_name and not node.waits(call.name, other):
                said = f"{use.name} may have no value when the hook runs: let {call.name!r} depend on {other!r}"
                yield place, said, Action.WARN
