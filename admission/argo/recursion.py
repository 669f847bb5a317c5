"""Templates that call each other for ever."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Call, Graph
from admission.argo.languages import LanguageError, depends
from admission.argo.languages.tags import OPEN
from admission.argo.waits import words_of
from admission.model.document import mapping, sequence, text


def endless(graph: Graph) -> Iterator[tuple[Call, str]]:
    """The calls that close a circle that nothing can leave, and the names on it."""
    edges = _edges(graph) if graph.calls else {}
    done: set[str] = set()
    for start in edges:
        if start not in done:
            yield from _circles(start, edges, done)


def _edges(graph: Graph) -> dict[str, list[tuple[Call, str]]]:
    """Of each named template, the calls that it makes in any case, those of its inline templates included."""
    edges: dict[str, list[tuple[Call, str]]] = {}
    owner = ""
    #: The inline templates, by identity, whose calls are made in any case.
    certain: set[int] = set()
    for node in graph.nodes:
        if node.path[-1] != "inline":
            owner, certain = node.name, set()
            edges.setdefault(owner, [])
            if node.document.get("memoize"):
                continue
        elif id(node.document) not in certain:
            continue
        certain |= {id(call.document.get("inline")) for call in node.calls if not is_conditional(call)}
        edges[owner] += [(call, callee) for call in node.calls if (callee := _always(call))]
    return edges


def _always(call: Call) -> str:
    """The template of this object that *call* runs in any case, if that calls others; else empty."""
    if call.callee.owner or call.callee.document is None or isinstance(call.document.get("inline"), dict):
        return ""
    if not call.callee.document.get("steps") and not call.callee.document.get("dag"):
        return ""
    return "" if is_conditional(call) else call.callee.key[1]


def is_conditional(call: Call) -> bool:
    """Whether something may keep the call from being made: a condition, no items, the result of another task."""
    document = call.document
    if document.get("when") or document.get("withParam"):
        return True
    if call.loops and OPEN in f"{document.get('withItems')}{document.get('withSequence')}":
        return True
    bounds = mapping(document.get("withSequence"))
    if bounds and str(bounds.get("count", 1)) in ("0", ""):
        return True
    if isinstance(document.get("withItems"), list) and not sequence(document.get("withItems")):
        return True
    return _asks_for_results(text(document.get("depends")))


def _asks_for_results(written: str) -> bool:
    try:
        return any(found.result not in ("", "Succeeded") for found in depends.parse(written))
    except LanguageError:
        return bool(words_of(written))


def _circles(start: str, edges: dict[str, list[tuple[Call, str]]], done: set[str]) -> Iterator[tuple[Call, str]]:
    """Walks from *start*, and yields the calls that lead back to a template on the way."""
    way = [start]
    on_way = {start}
    todo = [iter(edges.get(start, ()))]
    while todo:
        step = next(todo[-1], None)
        if step is None:
            todo.pop()
            done.add(way[-1])
            on_way.discard(way.pop())
            continue
        call, callee = step
        if callee in on_way:
            yield call, " → ".join([*way[way.index(callee) :][:10], callee])
        elif callee not in done and callee in edges:
            way.append(callee)
            on_way.add(callee)
            todo.append(iter(edges[callee]))
