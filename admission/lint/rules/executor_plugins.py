from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          executorPlugins:
          - metadata: {name: p}
            spec:
              sidecar:
                container:
                  name: p
                  ports: [{containerPort: 80}]
                  resources: {requests: {cpu: '1'}, limits: {cpu: '1'}}
                  securityContext: {runAsNonRoot: true}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          executorPlugins:
          - {metadata: {name: p}, spec: {sidecar: {container: {name: p}}}}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def executor_plugins(workflow: Workflow) -> Iterator[Hit]:
    """
    An executor plugin is complete.

    Its container needs a port, requests, limits and a security context. Since Argo 4.1.
    """
    return found(workflow, "executor-plugins")
