"""What many rules ask of a manifest, in the words in which they ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from admission.argo.graph import Graph, Node
from admission.argo.languages.tags import OPEN
from admission.model.document import Document, mapping, sequence, text
from admission.model.near import meant
from admission.model.path import Path


def literal(value: object) -> str | None:
    """The text of a value that no tag decides, numbers and booleans written as Argo does; ``None`` for others."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) and OPEN not in value else None


def entries(path: Path, documents: object) -> Iterator[tuple[Path, Document]]:
    """The objects of a list that stands at *path*, each with its place."""
    for index, each in enumerate(sequence(documents)):
        if isinstance(each, dict):
            yield path / index, each


def inputs(template: Document, what: str) -> dict[str, Document]:
    """The inputs of a template by name; *what* is ``parameters`` or ``artifacts``."""
    declared = sequence(mapping(template.get("inputs")).get(what))
    return {text(each.get("name")): each for each in declared if isinstance(each, dict)}


def outputs(node: Node, what: str) -> Iterator[tuple[Path, Document]]:
    """The outputs of a template, each with its place."""
    found = node.document.get("outputs")
    if not found or not (listed := mapping(found).get(what)):
        return iter(())
    return entries(node.path.join(("outputs", what)), listed)


def placed(graph: Graph, field: str) -> Iterator[tuple[Path, Any]]:
    """The values of a field that the spec, its template defaults and every template may have."""
    defaults = mapping(graph.spec.get("templateDefaults"))
    if graph.spec.get(field) is not None:
        yield graph.path / field, graph.spec[field]
    if defaults.get(field) is not None:
        yield graph.path.join(("templateDefaults", field)), defaults[field]
    for node in graph.having(field):
        if node.document[field] is not None:
            yield node.path / field, node.document[field]


def near(name: str, names: Iterable[Any]) -> str:
    """``: did you mean 'x'?`` for the nearest of *names*; empty where none is near."""
    return meant(name, (each for each in names if isinstance(each, str)), ": ")


def shown(value: str, limit: int = 60) -> str:
    """*value* as a message quotes it, cut where it is long."""
    return repr(value if len(value) <= limit else value[:limit] + "…")
