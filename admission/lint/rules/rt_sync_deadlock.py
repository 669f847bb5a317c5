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
    asked = _Asked({id(node.document): node for node in workflow.graph.having("steps", "dag")})
    for node in workflow.graph.having("synchronization"):
        own = _mutexes(node.document)
        for lock in sorted(held & own):
            yield node.path / "synchronization", f"the workflow itself holds the mutex {lock[0]!r} until it ends"
        for call in node.calls if own else ():
            for lock in sorted(own & asked.by(mapping(call.callee.document))):
                yield call.path, f"the caller holds the mutex {lock[0]!r}, which what it calls asks for"


#: How many templates are looked at, in all: thousands that call each other and hold a mutex each would take minutes.
VISITS = 50_000


class _Asked:
    """The mutexes that templates ask for, by themselves and by what they run."""

    def __init__(self, nodes: dict[int, Node]) -> None:
        self._nodes = nodes
        self._known: dict[int, set[tuple[str, str]]] = {}
        self._left = VISITS

    def by(self, template: Document) -> set[tuple[str, str]]:
        """The mutexes of *template*, and of those that it runs."""
        if id(template) not in self._known:
            self._known[id(template)] = self._found(template)
        return self._known[id(template)]

    def _found(self, template: Document) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        todo, seen = [template], {id(template)}
        while todo and self._left:
            self._left -= 1
            document = todo.pop()
            found |= _mutexes(document)
            calls = self._nodes[id(document)].calls if id(document) in self._nodes else ()
            for callee in (call.callee.document for call in calls):
                if callee is not None and id(callee) not in seen:
                    seen.add(id(callee))
                    todo.append(callee)
        return found


def _mutexes(document: Document) -> frozenset[tuple[str, str]]:
    """The mutexes that are asked for, by name and namespace, as far as no tag decides."""
    if not document.get("synchronization"):
        return frozenset()
    found = entries(Path(), mapping(document["synchronization"]).get("mutexes"))
    pairs = ((literal(mutex.get("name")), literal(mutex.get("namespace", ""))) for _, mutex in found)
    return frozenset((name, namespace) for name, namespace in pairs if name and namespace is not None)
