from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.tables import tables
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: Main
          templates:
          - {name: Main, container: {image: alpine}}  # finding
        """,
)
def rt_template_name_case(workflow: Workflow) -> Iterator[Hit]:
    """
    A template that runs in a pod has a name in lower case.

    The name becomes a part of the pod's, and Kubernetes refuses pods whose names have capital letters: certain, and
    denied, where a step or task calls it. The pod of an entrypoint has the name of the workflow alone, so there it is a
    warning.
    """
    called = {call.callee.key for _, call in workflow.graph.calls if call.callee.document is not None}
    for node in workflow.graph.nodes:
        if node.name != node.name.lower() and node.type in tables().pod_types and node.path[-1] != "inline":
            certain = ("", node.name) in called
            said = f"use {node.name.lower()!r}: the name becomes a part of the pod's, which has no capital letters"
            yield node.path / "name", said, Action.DENY if certain else Action.WARN
