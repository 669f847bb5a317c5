"""The body of a DAG template (argo-validation 3.5 and 6.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from admission.argo.validation import arguments as argument_rules
from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.outputs import global_names, is_looped, items
from admission.argo.validation.place import Place
from admission.argo.validation.scope import Scope
from admission.argo.validation.steps import add_outputs, grouped, of_inline
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, sequence, text

if TYPE_CHECKING:
    from admission.argo.validation.references import Callee
    from admission.argo.validation.visit import Visit
    from admission.argo.validation.walk import Walk
    from admission.argo.validation.way import Way

#: A task's name in ``depends``, with or without a result: every word is one (argo-validation 4.8).
DEPENDED = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*)\.[A-Z][a-zA-Z]+|([a-zA-Z0-9][-a-zA-Z0-9]*)")
_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")


def depended(task: Document) -> list[str]:
    """The names of the tasks that *task* depends on, by ``depends`` or else ``dependencies``."""
    if depends := text(task.get("depends")):
        return _in_depends(depends)
    listed = [text(each) for each in sequence(task.get("dependencies"))]
    if all(map(_NAME.fullmatch, listed)):
        return listed
    # Argo makes an expression of them, whatever they are.
    return _in_depends(" ".join(f"{each}.Succeeded {each}.Skipped {each}.Daemoned" for each in listed))


def _in_depends(depends: str) -> list[str]:
    return [match[1] or match[2] for match in DEPENDED.finditer(depends)]


@dataclass(frozen=True)
class Graph:
    """
    The tasks of a DAG in an order in which each comes after those that it depends on.

    *ancestors* has for each task a number whose bit *i* is set if task *i* must run before it. Tasks of a cycle come
    last, as if all had to run before each of them.
    """

    tasks: tuple[Document, ...]
    order: tuple[int, ...]
    ancestors: tuple[int, ...]
    index: dict[str, int]

    @classmethod
    def of(cls, tasks: list[Document]) -> Graph:
        """The graph of *tasks*, in time linear in the dependencies (but for the width of the numbers)."""
        index = {text(task.get("name")): i for i, task in reversed(list(enumerate(tasks)))}
        before = [{index[name] for name in depended(task) if name in index} for task in tasks]
        after: list[list[int]] = [[] for _ in tasks]
        for i, names in enumerate(before):
            for each in names:
                after[each].append(i)
        waiting = [len(names) for names in before]
        ready = [i for i, count in enumerate(waiting) if not count]
        ancestors, order = [0] * len(tasks), []
        for i in ready:
            order.append(i)
            for each in before[i]:
                ancestors[i] |= ancestors[each] | 1 << each
            for each in after[i]:
                waiting[each] -= 1
                if not waiting[each]:
                    ready.append(each)
        for i in sorted(set(range(len(tasks))) - set(order)):
            order.append(i)
            ancestors[i] = (1 << len(tasks)) - 1
        return cls(tuple(tasks), tuple(order), tuple(ancestors), index)

    def precedes(self, first: int, second: int) -> bool:
        """Whether task *first* must run before task *second*."""
        return bool(self.ancestors[second] >> first & 1)


def tasks_of(template: Document) -> list[Document]:
    """The tasks of a DAG template."""
    return [mapping(task) for task in sequence(mapping(template.get("dag")).get("tasks"))]


def body(walk: Walk, visit: Visit, scope: Scope) -> Way[None]:
    """Follow the tasks: first all of their templates, then their texts and arguments."""
    graph = Graph.of(tasks_of(visit.document))
    yield _templates(walk, visit, scope, graph)
    hooked = {i for i, task in enumerate(graph.tasks) if mapping(task.get("hooks"))}
    target = mapping(visit.document.get("dag")).get("target")
    walk.unresolved(visit, visit.filled.below("dag", "target"), scope, ("", target))
    texts = grouped(visit, 3)
    for i in graph.order:
        task, below = graph.tasks[i], ("dag", "tasks", i)
        place = visit.at(below)
        if texts[below]:
            names, marks = items(task)
            walk.unresolved(
                visit,
                texts[below],
                scope.within(names | of_inline(task), marks),
                ("DAGTask", task),
                _statuses(graph, i, hooked),
            )
        given = Arguments.of(task.get("arguments"), place / "arguments")
        for problem in argument_rules.problems(given):
            walk.report.add(problem)
        for at, message in _missing_dependencies(given, graph, i):
            walk.report.problem("dag-missing-dependency", at, message)
        yield walk.refer(task, place, visit, given)
    scope.names.update(f"tasks.{text(graph.tasks[i].get('name'))}.status" for i in hooked)


def _templates(walk: Walk, visit: Visit, scope: Scope, graph: Graph) -> Way[None]:
    """The templates of all tasks, and what they put out."""
    lender = _Lender(graph, _producers(walk, visit, graph))
    with walk.known.lent(lender.producers, lender):
        for i in graph.order:
            task, lender.task = graph.tasks[i], i
            callee: Callee = yield walk.refer(task, visit.at(("dag", "tasks", i)), visit, FAKE)
            add_outputs(walk, scope, callee, f"tasks.{text(task.get('name'))}", looped=is_looped(task))


def _producers(walk: Walk, visit: Visit, graph: Graph) -> dict[str, list[int]]:
    """The names that the tasks make known to the whole workflow, and which tasks do."""
    producers: dict[str, list[int]] = {}
    for i, task in enumerate(graph.tasks):
        callee = walk.references.callee(task, visit.at(("dag", "tasks", i)), visit.base)
        for name in global_names(callee.template.document if callee.template else None)[0]:
            producers.setdefault(name, []).append(i)
    return producers


@dataclass
class _Lender:
    """
    Which names of tasks that may come before the *task* that is looked at are known to it.

    Argo sorts tasks that do not depend on each other by chance, and accepts only in some of the orders; so we accept
    (argo-validation 11.3).
    """

    graph: Graph
    producers: dict[str, list[int]]
    task: int = 0

    def __call__(self, name: str) -> bool:
        return any(j != self.task and not self.graph.precedes(self.task, j) for j in self.producers[name])


def _statuses(graph: Graph, i: int, hooked: set[int]) -> Callable[[str], bool]:
    """Of which tasks the status is known to task *i*: its ancestors, and those with hooks that may come before it."""

    def known(name: str) -> bool:
        other = graph.index.get(name[len("tasks.") : -len(".status")])
        if other is None or name != f"tasks.{text(graph.tasks[other].get('name'))}.status":
            return False
        return graph.precedes(other, i) or (other in hooked and not graph.precedes(i, other))

    return known


def _missing_dependencies(arguments: Arguments, graph: Graph, i: int) -> Iterator[tuple[Place, str]]:
    sources = [(each, "parameter", "value", any_string(each.document.get("value"))) for each in arguments.parameters]
    sources += [(each, "artifact", "from", text(each.document.get("from"))) for each in arguments.artifacts]
    for argument, kind, field, value in sources:
        if value and value.startswith("{{tasks."):
            name = value.split(".")[1]
            other = graph.index.get(name)
            if other is None or not graph.precedes(other, i):
                said = f"depend on task {name!r}: the {kind} {argument.name!r} comes from it"
                yield argument.place / field, said
