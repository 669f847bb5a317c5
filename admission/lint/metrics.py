"""The metrics of a workflow, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Graph
from admission.lint.reading import entries, placed
from admission.model.document import Document, mapping
from admission.model.path import Path

TYPES = ("gauge", "counter", "histogram")


def metrics_of(graph: Graph) -> Iterator[tuple[Path, Document]]:
    """The metrics of the workflow itself, of its template defaults and of its templates."""
    for path, metrics in placed(graph, "metrics"):
        yield from entries(path / "prometheus", mapping(metrics).get("prometheus"))
