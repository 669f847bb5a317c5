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
          - {name: main, resource: {action: create}}  # finding
        """,
)
def resource_manifest_required(workflow: Workflow) -> Iterator[Hit]:
    """
    A resource template that writes has something to write.

    That is a manifest, or manifestFrom.
    """
    return found(workflow, "resource-manifest-required")
