from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.artifacts import DRIVERS
from admission.argo.workflow import Workflow
from admission.lint.artifacts import artifacts_of
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    mentions=('"artifacts"',),
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, inputs: {artifacts: [{name: f, path: /f, raw: {data: x}}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            inputs:
              artifacts:
              - {name: f, path: /f, raw: {data: x}, http: {url: "https://example.com"}}  # finding
        """,
)
def rt_artifact_location_multi(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact is in one place.

    Of several locations Argo takes the first in an order of its own, and the full CRDs refuse them. It may be the one
    that was meant, so it is a warning.
    """
    for path, artifact in artifacts_of(workflow.graph):
        given = [name for name in DRIVERS if isinstance(artifact.get(name), dict)]
        if len(given) > 1:
            yield path, f"{' and '.join(given)} are two places: Argo takes {given[0]}, remove the other"
