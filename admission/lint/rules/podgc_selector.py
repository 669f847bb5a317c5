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
            labelSelector: {matchExpressions: [{key: a, operator: Exists}]}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          podGC:
            labelSelector: {matchExpressions: [{key: a, operator: Has}]}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def podgc_selector(workflow: Workflow) -> Iterator[Hit]:
    """
    Pods are collected by a label selector that can be read.

    Operators are In and NotIn, with values, Exists and DoesNotExist, without.
    """
    return found(workflow, "podgc-selector")
