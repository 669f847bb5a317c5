from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, containerSet: {containers: [{name: a, image: alpine}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            containerSet:
              containers:
              - {name: a}  # finding
        """,
)
def rt_containerset_image(workflow: Workflow) -> Iterator[Hit]:
    """
    Every container of a containerSet has an image.

    Argo does not look, and Kubernetes refuses the pod: certain, so denied.
    """
    for node in workflow.graph.having("containerSet"):
        body = mapping(node.document.get("containerSet"))
        for path, container in (
            entries(node.path.join(("containerSet", "containers")), body.get("containers")) if body else ()
        ):
            if not container.get("image"):
                yield path, "give the container an image"
