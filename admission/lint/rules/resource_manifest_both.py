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
          - name: main
            inputs: {artifacts: [{name: f, path: /f, raw: {data: d}}]}
            resource:
              action: create
              manifest: 'kind: ConfigMap'
              manifestFrom: {artifact: {name: f}}  # finding
        """,
)
def resource_manifest_both(workflow: Workflow) -> Iterator[Hit]:
    """
    A resource template has one manifest.

    Argo refuses manifest and manifestFrom together.
    """
    return found(workflow, "resource-manifest-both")
