from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Node
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, literal
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.path import Path


@rule(
    good="""
        spec:
          synchronization: {mutexes: [{name: a}]}
          templates:
          - {name: main, container: {image: alpine}, synchronization: {mutexes: [{name: b}]}}
        """,
    bad="""
        spec:
          synchronization: {mutexes: [{name: a}]}
          templates:
          - name: main
            container: {image: alpine}
            synchronization: {mutexes: [{name: a}]}  # finding
        """,
)
def rt_sync_deadlock(workflow: Workflow) -> Iterator[Hit]:
    """
    Who holds a lock does not ask for it again.

    A workflow that holds a mutex, and a template in it, or a template and one that it calls at any depth, that ask for
    the same wait for each other for ever: certain, so denied.
    """
    held = _mutexes(workflow.spec)
    nodes = {id(node.document): node for node in workflow.graph.having("steps", "dag")}
    for node in workflow.graph.having("synchronization"):
        own = _mutexes(node.document)
        for lock in sorted(held & own):
            yield node.path / "synchronization", f"the workflow itself holds the mutex {lock[0]!r} until it ends"
        asked: dict[int, frozenset[tuple[str, str]]] = {}
        for call in node.calls if own else ():
            callee = mapping(call.callee.document)
            if id(callee) not in asked:
                asked[id(callee)] = _asked_for(callee, nodes)
            for lock in sorted(own & asked[id(callee)]):
                yield call.path, f"the caller holds the mutex {lock[0]!r}, which what it calls asks for"


def _asked_for(template: Document, nodes: dict[int, Node]) -> frozenset[tuple[str, str]]:
    """The mutexes of *template*, and of those that it runs."""
    found: frozenset[tuple[str, str]] = frozenset()
    todo, seen = [template], set()
    while todo:
        document = todo.pop()
        if id(document) not in seen:
            seen.add(id(document))
            found |= _mutexes(document)
            calls = nodes[id(document)].calls if id(document) in nodes else ()
            todo += [call.callee.document for call in calls if call.callee.document is not None]
    return found


def _mutexes(document: Document) -> frozenset[tuple[str, str]]:
    """The mutexes that are asked for, by name and namespace, as far as no tag decides."""
    if not document.get("synchronization"):
        return frozenset()
    found = entries(Path(), mapping(document["synchronization"]).get("mutexes"))
    pairs = ((literal(mutex.get("name")), literal(mutex.get("namespace", ""))) for _, mutex in found)
    return frozenset((name, namespace) for name, namespace in pairs if name and namespace is not None)
