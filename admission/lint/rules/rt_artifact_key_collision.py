from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.artifacts import DRIVERS, driver
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, text
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: gen, container: {image: x}, outputs: {artifacts: [{name: f, path: /f, s3: {key: "{{pod.name}}/f"}}]}}
          - name: main
            steps:
            - - {name: a, template: gen, withItems: [1, 2]}
        """,
    bad="""
        spec:
          templates:
          - {name: gen, container: {image: alpine}, outputs: {artifacts: [{name: f, path: /f, s3: {key: results/f}}]}}
          - name: main
            steps:
            - - {name: a, template: gen, withItems: [1, 2]}  # finding
        """,
)
def rt_artifact_key_collision(workflow: Workflow) -> Iterator[Hit]:
    """
    The runs of a loop save their artifacts under different keys.

    With one constant key they overwrite each other, and the last one stays. That may be meant, so it is a warning.
    """
    for _, call in workflow.graph.calls:
        template = call.callee.document
        if template is None or not call.loops:
            continue
        for _, artifact in entries(Path(), mapping(template.get("outputs")).get("artifacts")):
            where = driver(artifact)
            key = DRIVERS[where][1] if where else ""
            constant = literal(mapping(artifact.get(where)).get(key)) if where and key else None
            if constant:
                yield call.path, f"every run saves the artifact {text(artifact.get('name'))!r} as {shown(constant)}"
