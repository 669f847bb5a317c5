from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - name: main
            containerSet:
              containers:
              - {name: a, image: alpine}
              - {name: b, image: alpine, dependencies: [a]}
        """,
    bad="""
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
          templates:
          - name: main
            containerSet:
              containers:
              - {name: a, image: alpine, dependencies: [b]}  # finding
              - {name: b, image: alpine, dependencies: [a]}
        """,
)
def containerset_cycle(workflow: Workflow) -> Iterator[Hit]:
    """
    Containers of a set do not wait for each other in a circle.

    None of them would ever start.
    """
    return found(workflow, "containerset-cycle")
