from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.labels import metadata_problems
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          podMetadata: {labels: {app: web}}
        """,
    bad="""
        spec:
          podMetadata:
            labels:
              app: "not a label!"  # finding
        """,
)
def rt_pod_labels(workflow: Workflow) -> Iterator[Hit]:
    """
    Labels and annotations of pods are ones that Kubernetes takes.

    A pod with others is refused: certain, so denied. What a tag decides is left out.
    """
    yield from metadata_problems(workflow.spec_path / "podMetadata", mapping(workflow.spec.get("podMetadata")))
    for node in workflow.graph.having("metadata"):
        if node.document.get("metadata"):
            yield from metadata_problems(node.path / "metadata", mapping(node.document.get("metadata")))
