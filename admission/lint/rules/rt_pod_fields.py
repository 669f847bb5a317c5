from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.pods import (
    OF_PODS,
    container_problems,
    containers_of,
    dns_problems,
    host_problems,
    scheduling_problems,
    user_problems,
)
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    good="""
        spec:
          tolerations: [{key: gpu, operator: Exists}]
          dnsPolicy: ClusterFirst
        """,
    bad="""
        spec:
          tolerations:
          - {key: gpu, operator: Is}  # finding
          dnsPolicy: None  # finding
        """,
)
def rt_pod_fields(workflow: Workflow) -> Iterator[Hit]:
    """
    What is said of pods is what Kubernetes takes.

    Node selectors, affinity, tolerations, ports, DNS and the like are handed on as they are written: a pod with an
    impossible value is refused. Certain, so denied. What a pod says of its user a container may say otherwise: a
    warning.
    """
    spec, path = workflow.spec, workflow.spec_path
    if spec.get("dnsPolicy"):
        yield from dns_problems(path, spec)
    yield from host_problems(path, spec)
    for where, document in ((path, spec), *((node.path, node.document) for node in workflow.graph.having(*OF_PODS))):
        yield from scheduling_problems(where, document)
        yield from ((place, said, Action.WARN) for place, said in user_problems(where, document))
    for node in workflow.graph.nodes:
        for place, container in containers_of(node):
            yield from container_problems(place, container)
