from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          podGC:
            strategy: OnPodSuccess
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          podGC:
            strategy: Never  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def podgc_strategy(workflow: Workflow) -> Iterator[Hit]:
    """
    Pods are collected by a strategy that exists.

    Argo knows OnPodCompletion, OnPodSuccess, OnWorkflowCompletion and OnWorkflowSuccess.
    """
    return found(workflow, "podgc-strategy")
