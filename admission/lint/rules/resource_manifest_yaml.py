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
          - {name: main, resource: {action: create, manifest: 'kind: [unclosed'}}  # finding
        """,
)
def resource_manifest_yaml(workflow: Workflow) -> Iterator[Hit]:
    """
    A manifest is YAML.

    A tag that is not in quotes makes it something else.
    """
    return found(workflow, "resource-manifest-yaml")
