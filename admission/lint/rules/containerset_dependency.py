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
          - {name: main, containerSet: {containers: [{name: a, image: alpine, dependencies: [b]}]}}  # finding
        """,
)
def containerset_dependency(workflow: Workflow) -> Iterator[Hit]:
    """
    Containers of a set wait for containers of the set.

    Argo refuses a dependency on one that is not there.
    """
    return found(workflow, "containerset-dependency")
