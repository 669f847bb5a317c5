from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    kinds=("ClusterWorkflowTemplate",),
    good="""
        kind: ClusterWorkflowTemplate
        metadata: {name: hello}
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: ClusterWorkflowTemplate
        metadata: {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}  # finding
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def cwft_name_length(workflow: Workflow) -> Iterator[Hit]:
    """
    The name of a ClusterWorkflowTemplate has at most 63 characters.

    Argo makes labels of it, which hold no more.
    """
    return found(workflow, "cwft-name-length")
