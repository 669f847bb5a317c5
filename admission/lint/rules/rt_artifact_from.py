from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Node
from admission.argo.languages.tags import OPEN
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, outputs, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, text
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    good="""
        spec:
          templates:
          - name: gen
            container: {image: alpine}
            outputs: {parameters: [{name: o, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
          - name: main
            steps:
            - - {name: a, template: gen}
            outputs: {artifacts: [{name: q, from: "{{steps.a.outputs.artifacts.f}}"}]}
        """,
    bad="""
        spec:
          templates:
          - name: gen
            container: {image: alpine}
            outputs: {parameters: [{name: o, valueFrom: {path: /o}}], artifacts: [{name: f, path: /f}]}
          - name: main
            steps:
            - - {name: a, template: gen}
            outputs:
              artifacts:
              - {name: q, from: "{{steps.a.outputs.parameters.o}}"}  # finding
              - {name: r, from: steps.b.outputs.artifacts.f}  # finding
              - {name: s, from: steps.a.outputs.artifacts.f}  # finding
        """,
)
def rt_artifact_from(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact comes from an artifact.

    from is a tag that names an artifact of a step, a task or the inputs. One that names a parameter, or without braces
    a step that does not exist, ends the step in Error unless the artifact is optional: certain, so denied. Without
    braces it works, but nothing checks it: a warning.
    """
    for node in workflow.graph.having("steps", "dag"):
        for path, artifact in _artifacts(node):
            written = text(artifact.get("from")).strip()
            problem, certain = _problem(node, written) if written else ("", False)
            if problem:
                certain = certain and artifact.get("optional") is not True
                yield path / "from", f"{shown(written)}: {problem}", Action.DENY if certain else Action.WARN


def _artifacts(node: Node) -> Iterator[tuple[Path, Document]]:
    for call in node.calls:
        given = mapping(call.document.get("arguments")).get("artifacts")
        if given:
            yield from entries(call.path.join(("arguments", "artifacts")), given)
    if node.calls:
        yield from outputs(node, "artifacts")


def _problem(node: Node, written: str) -> tuple[str, bool]:
    """What is wrong with a source, and whether it certainly fails."""
    name = written.removeprefix("{{").removesuffix("}}").strip()
    parts = name.split(".")
    if OPEN in name or name.startswith("="):
        return "", False
    if "parameters" in parts[1:4] and "artifacts" not in parts[1:4]:
        return "this is a parameter, not an artifact", True
    if written.startswith("{{"):
        return "", False
    if parts[0] not in ("steps", "tasks", "inputs", "workflow"):
        return "write a tag that names an artifact, such as {{steps.a.outputs.artifacts.b}}", True
    if parts[0] in ("steps", "tasks") and (len(parts) < 2 or parts[1] not in node.by_name):
        return "there is no such step or task", True
    return "write it in braces, so that it is checked", False
