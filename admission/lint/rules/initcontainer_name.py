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
          - {name: main, container: {image: alpine}, initContainers: [{name: a, image: alpine}]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}, initContainers: [{image: alpine}]}  # finding
        """,
)
def initcontainer_name(workflow: Workflow) -> Iterator[Hit]:
    """
    Init containers have names.

    Kubernetes tells containers apart by them.
    """
    return found(workflow, "initcontainer-name")
