from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Graph
from admission.argo.workflow import Workflow
from admission.lint.reading import entries
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    mentions=('"value":{', '"value":[', '"default":{', '"default":['),
    good="""
        spec:
          arguments: {parameters: [{name: p, value: '{"a": 1}'}]}
        """,
    bad="""
        spec:
          arguments:
            parameters:
            - {name: p, value: {a: 1}}  # finding
        """,
)
def parameter_value_lost(workflow: Workflow) -> Iterator[Hit]:
    """
    The value of a parameter is a text, a number, or true or false.

    Argo reads an object or a list as the empty text, without a word. The full CRDs refuse it, the minimal ones do not:
    it runs, so it is a warning.
    """
    for path, parameter in _parameters(workflow.graph):
        for name in ("value", "default"):
            if isinstance(parameter.get(name), dict | list):
                yield path / name, "Argo reads this as the empty text: set quotes around the JSON"


def _parameters(graph: Graph) -> Iterator[tuple[Path, Document]]:
    given = mapping(graph.spec.get("arguments")).get("parameters")
    yield from entries(graph.path.join(("arguments", "parameters")), given)
    for node in graph.having("inputs", "outputs", "steps", "dag"):
        for way in ("inputs", "outputs"):
            declared = mapping(node.document.get(way)).get("parameters")
            yield from entries(node.path.join((way, "parameters")), declared) if declared else ()
        for call in node.calls:
            given = mapping(call.document.get("arguments")).get("parameters")
            yield from entries(call.path.join(("arguments", "parameters")), given) if given else ()
