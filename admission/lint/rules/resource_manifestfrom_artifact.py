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
            inputs: {artifacts: [{name: f, path: /f, raw: {data: d}}]}
            resource: {action: create, manifestFrom: {artifact: {name: f}}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, resource: {action: create, manifestFrom: {artifact: {name: z}}}}  # finding
        """,
)
def resource_manifestfrom_artifact(workflow: Workflow) -> Iterator[Hit]:
    """
    A manifest comes from an input artifact that is there.

    Argo looks for its name among the inputs.
    """
    return found(workflow, "resource-manifestfrom-artifact")
