"""The artifacts of a workflow, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Graph, Node
from admission.lint.reading import entries
from admission.model.document import Document, mapping
from admission.model.path import Path


def artifacts_of_node(node: Node) -> Iterator[tuple[Path, Document]]:
    """The artifacts that a template takes and gives."""
    for way in ("inputs", "outputs"):
        found = node.document.get(way)
        if found and (found := mapping(found).get("artifacts")):
            yield from entries(node.path.join((way, "artifacts")), found)


def artifacts_of(graph: Graph) -> Iterator[tuple[Path, Document]]:
    """All artifacts: of the workflow's arguments, of templates, and of the arguments of steps and tasks."""
    found = mapping(graph.spec.get("arguments")).get("artifacts")
    yield from entries(graph.path.join(("arguments", "artifacts")), found)
    for node in graph.having("inputs", "outputs", "steps", "dag"):
        yield from artifacts_of_node(node)
        for call in node.calls:
            given = mapping(call.document.get("arguments")).get("artifacts")
            if given:
                yield from entries(call.path.join(("arguments", "artifacts")), given)
