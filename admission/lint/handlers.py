"""What a workflow runs at its end and by its own hooks, and how many nodes of that have to be let in at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.callees import Callee
from admission.argo.graph import Call, Graph, Node
from admission.argo.languages import LanguageError, sequences
from admission.argo.peak.antichain import heaviest
from admission.argo.peak.arrangement import is_limit
from admission.argo.pods.templates import POD_TYPES
from admission.argo.recursion import is_conditional
from admission.model.document import Document, mapping, text
from admission.model.path import Path

#: Of a DAG with more tasks only those are counted that wait for nothing.
_MANY = 300

#: What Argo calls at a depth of 100 it does not run.
_DEEP = 100

#: How many calls are followed, in all: thousands of hooks that lead to thousands of templates would take minutes.
VISITS = 50_000


class Handlers:
    """The exit handler and hooks of the workflow of *graph*: the place of each, and the templates that it runs."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes = {id(node.document): node for node in graph.nodes}
        self._defaults = mapping(graph.spec.get("templateDefaults"))
        self._known: dict[tuple[int, bool], int] = {}
        self._left = VISITS

    def __iter__(self) -> Iterator[tuple[Path, list[Node]]]:
        spec, path = self._graph.spec, self._graph.path
        hooks = mapping(spec.get("hooks"))
        for event, hook in hooks.items():
            yield path.join(("hooks", event)), self._run(self._graph.callee(mapping(hook)))
        if "exit" not in hooks and text(spec.get("onExit")):
            yield path / "onExit", self._run(self._graph.callee({"template": spec["onExit"]}))

    def _run(self, first: Callee) -> list[Node]:
        """
        All templates that *first* leads to; none where one of them is not known.

        Where one runs by the agent the controller may not look any further, and what is missing does not end it.
        """
        found: dict[int, Node] = {}
        todo = [first]
        while todo:
            self._left -= 1
            node = self._nodes.get(id(todo.pop().document)) if self._left > 0 else None
            if node is None or node.type in ("http", "plugin"):
                return []
            if id(node) not in found:
                found[id(node)] = node
                todo += (each for call in node.calls for each in (call.callee, *(hook.callee for hook in call.hooks)))
        return [*found.values()]

    def needed(self, node: Node, *, pods: bool) -> int:
        """
        What *node* has to be let in at once, so that the controller does not lose count: 0 where that does not matter.

        That is all tasks of a DAG that may run together, and all steps of a group in which one has an exit handler
        while another waits. Only what runs for certain is counted; with *pods* the pods that it begins with.
        """
        return self._tasks(node, pods) if node.is_dag else max(self._groups(node, pods), default=0)

    def fails_fast(self, node: Node) -> bool:
        """
        Whether *node* holds up what handles the failure of a template that it calls, because that has failed.

        A pod that fails ends *node* before anything is to handle it, and so does what is tried again.
        """
        if node.document.get("failFast") is not True or self._graph.spec.get("retryStrategy"):
            return False
        calling = [call for call in node.calls if self._may_fail_at_once(call.callee.document)]
        if node.is_dag:
            awaited = {name for call in node.calls for name in _FAILED.findall(text(call.document.get("depends")))}
            return any(_handles_end(call) or call.name in awaited for call in calling)
        groups = {call.group for call in calling}
        return any(call.group in groups and _handles_end(call) for call in node.calls)

    def _may_fail_at_once(self, template: Document | None) -> bool:
        node = self._nodes.get(id(template))
        both = (node.document, self._defaults) if node and node.calls else ()
        return bool(both) and not any(each.get("retryStrategy") for each in both)

    def _tasks(self, node: Node, pods: bool) -> int:
        calls = node.calls if len(node.calls) <= _MANY else [call for call in node.calls if not call.dependencies]
        unsure = [call.name for call in calls if is_conditional(call)]
        targets = text(mapping(node.document.get("dag")).get("target")).split()

        def runs(name: str) -> bool:
            is_wanted = not targets or any(each == name or node.waits(each, name) for each in targets)
            return is_wanted and not any(node.waits(name, each) for each in unsure)

        sizes = [self._size(call, pods) if runs(call.name) else 0 for call in calls]
        times = [_times(call.document) if size else 0 for call, size in zip(calls, sizes, strict=True)]
        if sum(times) < 2:
            return 0
        index = {call.name: number for number, call in enumerate(calls)}
        before = [[index[name] for name in call.dependencies if name in index] for call in calls]
        largest = max(sizes)
        # One place is enough for the last of them, however many pods it has.
        most = heaviest([size * each for size, each in zip(sizes, times, strict=True)], before) - largest + 1
        return most if largest == 1 else max(most, heaviest(times, before))

    def _groups(self, node: Node, pods: bool) -> Iterator[int]:
        groups: dict[int, list[Call]] = {}
        for call in node.calls:
            groups.setdefault(call.group, []).append(call)
        for group in groups.values():
            sizes = [self._size(call, pods) for call in group]
            totals = [size * _times(call.document) for call, size in zip(group, sizes, strict=True)]
            after = sum(totals)
            # Steps start in their order: what waits for its turn takes the place before the exit handler can.
            for call, size, total in zip(group, sizes, totals, strict=True):
                if total and after > size and _handles_end(call):
                    yield sum(totals) - size + 1
                after -= total

    def _size(self, call: Call, pods: bool) -> int:
        """How many nodes, or pods, *call* begins with that go on for a time, as far as that is certain."""
        return 0 if is_conditional(call) else self._beginning(call.callee.document, pods)

    def _beginning(self, template: Document | None, pods: bool, depth: int = 0) -> int:
        node = self._nodes.get(id(template))
        if node is None or depth > _DEEP:
            return 0
        key = (id(node), pods)
        if key not in self._known:
            self._known[key] = 0  # for those that it calls: what calls itself is not certain
            self._known[key] = self._begins_with(node, pods, depth + 1)
        return self._known[key]

    def _begins_with(self, node: Node, pods: bool, depth: int) -> int:
        # What is remembered is over at once; who waits for a lock has no pod.
        both = (node.document, self._defaults)
        if any(each.get("memoize") or (pods and each.get("synchronization")) for each in both):
            return 0
        if mapping(node.document.get("dag")).get("target"):
            return 0
        if node.type in POD_TYPES:
            return 1
        first = [call for call in node.calls if call.group in (-1, 0) and not call.dependencies]
        certain = (call for call in first if not is_conditional(call))
        found = sum(self._beginning(call.callee.document, pods, depth) * _times(call.document) for call in certain)
        limit = node.document.get("parallelism")
        most = int(str(limit)) if is_limit(limit) else found
        return min(found, most if pods else 1)


def _handles_end(call: Call) -> bool:
    return any(hook.event == "exit" and not hook.document.get("expression") for hook in call.hooks)


#: A task in a condition under which another runs when it has failed.
_FAILED = re.compile(r"([\w-]+)\.(?:Failed|Errored)\b")


def _times(call: Document) -> int:
    """How often *call*, which depends on nothing, runs."""
    if isinstance(call.get("withItems"), list):
        return len(call["withItems"])
    if not call.get("withSequence"):
        return 1
    try:
        found = sequences.sequence(mapping(call["withSequence"]))
    except LanguageError:
        return 0
    return found.size if found else 0
