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
              action: get
              manifest: '{apiVersion: v1, kind: Pod, metadata: {name: a}}'
            outputs: {parameters: [{name: q, valueFrom: {jsonPath: '{.status}'}}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            resource:
              action: get
              manifest: '{apiVersion: v1, kind: Pod, metadata: {name: a}}'
            outputs: {parameters: [{name: q, valueFrom: {path: /q}}]}  # finding
        """,
)
def output_resource_source(workflow: Workflow) -> Iterator[Hit]:
    """
    An output parameter of a resource is found by a path in it.

    That is jsonPath or jqFilter.
    """
    return found(workflow, "output-resource-source")
