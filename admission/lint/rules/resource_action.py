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
            resource:
              action: create
              manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}'
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, resource: {action: list, manifest: '{apiVersion: v1, kind: ConfigMap}'}}  # finding
        """,
)
def resource_action(workflow: Workflow) -> Iterator[Hit]:
    """
    A resource template has an action that exists.

    Argo knows get, create, apply, delete, replace and patch.
    """
    return found(workflow, "resource-action")
