"""
How much a Workflow may use at most: pods, and what runs together of processors and memory.

An upper bound, from the text alone: every branch is taken, every retry is used up. What has no bound (no limit, no end
of retries) is infinite; what only the run knows (``withParam``, recursion, templates elsewhere) is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from admission.argo.languages import depends, quantities
from admission.argo.languages.sequences import bound
from admission.errors import LanguageError
from admission.model.document import Document, mapping, sequence, text

#: A number without bound is infinite.
Number: TypeAlias = Fraction | float

_NONE = Fraction(0)
_ONE = Fraction(1)

#: Templates within templates: deeper ones are taken for a recursion.
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Demand:
    """
    What something may use: *pods* over all of its time, and at one time *together* so many of them, with so much of
    *cpu* and *memory*. *pod_cpu* and *pod_memory* are those of its largest pod. *why*: why nobody knows any of it;
    *why_cpu* and *why_memory*: of one of these. The numbers are then the least.
    """

    pods: Number = _NONE
    together: Number = _NONE
    cpu: Number = _NONE
    memory: Number = _NONE
    pod_cpu: Number = _NONE
    pod_memory: Number = _NONE
    why: str = ""
    why_cpu: str = ""
    why_memory: str = ""

    def beside(self, other: Demand) -> Demand:
        """Both at once."""
        return replace(
            self._largest(other),
            pods=self.pods + other.pods,
            together=self.together + other.together,
            cpu=self.cpu + other.cpu,
            memory=self.memory + other.memory,
        )

    def then(self, other: Demand) -> Demand:
        """One after the other."""
        return replace(
            self._largest(other),
            pods=self.pods + other.pods,
            together=max(self.together, other.together),
            cpu=max(self.cpu, other.cpu),
            memory=max(self.memory, other.memory),
        )

    def times(self, number: Number) -> Demand:
        """So many of it at once."""
        return replace(
            self,
            pods=_product(self.pods, number),
            together=_product(self.together, number),
            cpu=_product(self.cpu, number),
            memory=_product(self.memory, number),
        )

    def again(self, retries: Number) -> Demand:
        """With so many retries, which come one after the other."""
        return replace(self, pods=_product(self.pods, retries + 1))

    def capped(self, parallelism: object) -> Demand:
        """With at most so many pods at once."""
        if isinstance(parallelism, bool) or not isinstance(parallelism, int) or not 0 < parallelism < self.together:
            return self
        return replace(
            self,
            together=Fraction(parallelism),
            cpu=min(self.cpu, _product(self.pod_cpu, parallelism)),
            memory=min(self.memory, _product(self.pod_memory, parallelism)),
        )

    def _largest(self, other: Demand) -> Demand:
        return Demand(
            pod_cpu=max(self.pod_cpu, other.pod_cpu),
            pod_memory=max(self.pod_memory, other.pod_memory),
            why=self.why or other.why,
            why_cpu=self.why_cpu or other.why_cpu,
            why_memory=self.why_memory or other.why_memory,
        )


NOTHING = Demand()


def demand(spec: Document) -> Demand:
    """What a Workflow with *spec* may use."""
    return _Reckoning(spec).whole()


class _Reckoning:
    """The demands of the templates of one spec, each reckoned once."""

    def __init__(self, spec: Document) -> None:
        self._spec = spec
        named = (each for each in sequence(spec.get("templates")) if isinstance(each, dict))
        self._templates: dict[str, Document] = {text(each.get("name")): each for each in named}
        self._known: dict[str, Demand] = {}
        self._daemons = any(each.get("daemon") is True for each in self._templates.values())

    def whole(self) -> Demand:
        spec = self._spec
        main = self._named(text(spec.get("entrypoint")), 0) if spec.get("entrypoint") else NOTHING
        main = self._with_hooks(main, spec, 0)
        if text(spec.get("onExit")):
            main = main.then(self._named(text(spec["onExit"]), 0))
        if any("http" in each or "plugin" in each for each in self._templates.values()):
            main = main.beside(Demand(pods=_ONE, together=_ONE))  # the agent
        return main.capped(spec.get("parallelism"))

    def _named(self, name: str, depth: int) -> Demand:
        template = self._templates.get(name)
        if template is None:
            return Demand(why=f"what the template {name!r} is" if name else "what template it is")
        if name not in self._known:
            self._known[name] = Demand(why=f"how often {name!r} calls itself")
            self._known[name] = self._template(template, depth + 1)
        return self._known[name]

    def _template(self, template: Document, depth: int) -> Demand:
        if depth > _DEEPEST:
            return Demand(why="how deep the templates call one another")
        if "steps" in template:
            groups = [self._group(group, depth) for group in sequence(template["steps"])]
            found = _all(groups) if self._daemons else _one_by_one(groups)
        elif "dag" in template:
            found = self._dag(sequence(mapping(template["dag"]).get("tasks")), depth)
        else:
            found = _pod(template)
        return found.again(_retries(template, self._spec, bool(found.pods))).capped(template.get("parallelism"))

    def _group(self, group: object, depth: int) -> Demand:
        steps = group if isinstance(group, list) else [group]
        return _all(self._step(mapping(step), depth) for step in steps)

    def _dag(self, tasks: list[object], depth: int) -> Demand:
        """Tasks that wait for one another never run together, so that of each chain the largest counts."""
        named = [mapping(task) for task in tasks]
        demands = [self._step(task, depth) for task in named]
        if self._daemons:
            return _all(demands)
        return _all(_one_by_one(demands[index] for index in chain) for chain in _chains(named))

    def _step(self, step: Document, depth: int) -> Demand:
        if isinstance(step.get("inline"), dict):
            called = self._template(step["inline"], depth + 1)
        elif step.get("templateRef"):
            called = Demand(why="what the template elsewhere is")
        else:
            called = self._named(text(step.get("template")), depth)
        number, why = _fan_out(step)
        called = replace(called.times(number), why=called.why or why)
        if text(step.get("onExit")):
            called = called.then(self._named(text(step["onExit"]), depth).times(number))
        return self._with_hooks(called, step, depth)

    def _with_hooks(self, found: Demand, holder: Document, depth: int) -> Demand:
        for hook in mapping(holder.get("hooks")).values():
            if text(mapping(hook).get("template")):
                found = found.beside(self._named(text(hook["template"]), depth))
        return found


def _all(demands: Iterable[Demand]) -> Demand:
    found = NOTHING
    for each in demands:
        found = found.beside(each)
    return found


def _one_by_one(demands: Iterable[Demand]) -> Demand:
    found = NOTHING
    for each in demands:
        found = found.then(each)
    return found


def _product(one: Number, other: Number) -> Number:
    return _NONE if not one or not other else one * other


def _chains(tasks: list[Document]) -> list[list[int]]:
    """The tasks, by index, in chains of which each waits for the one before."""
    index = {text(task.get("name")): number for number, task in enumerate(tasks)}
    waits = [[index[name] for name in _awaited(task) if name in index] for task in tasks]
    chains: dict[int, list[int]] = {}  # by the last of each
    for number in range(len(tasks)):
        last = next((each for each in waits[number] if each in chains and each < number), None)
        chains[number] = [*(chains.pop(last) if last is not None else []), number]
    return list(chains.values())


def _awaited(task: Document) -> Iterator[str]:
    yield from (text(each) for each in sequence(task.get("dependencies")))
    try:
        parts = depends.parse(text(task.get("depends"))) if task.get("depends") else ()
    except LanguageError:
        return
    # One of several with *or* need not be over, so that only a condition without any says what comes before.
    if "||" not in text(task.get("depends")) and "!" not in text(task.get("depends")):
        yield from (part.task for part in parts if part.result != "Daemoned")


def _fan_out(step: Document) -> tuple[Number, str]:
    """How often a step runs at once, and why nobody knows."""
    if isinstance(step.get("withItems"), list):
        return Fraction(len(step["withItems"])), ""
    if step.get("withParam"):
        return _ONE, "how many items withParam gives"
    sequenced = mapping(step.get("withSequence"))
    if not sequenced:
        return _ONE, ""
    try:
        start, end, count = (bound(sequenced.get(name, 0)) for name in ("start", "end", "count"))
    except LanguageError:
        return _ONE, "how many items withSequence gives"
    if start is None or end is None or count is None:
        return _ONE, "how many items withSequence gives"
    return Fraction(count if "count" in sequenced else abs(end - start) + 1), ""


def _retries(template: Document, spec: Document, is_pod: bool) -> Number:
    strategy = template.get("retryStrategy", spec.get("retryStrategy") if is_pod else None)
    if not isinstance(strategy, dict):
        return _NONE
    limit = strategy.get("limit")
    if isinstance(limit, bool) or not isinstance(limit, int | str) or not str(limit).isdecimal():
        return math.inf
    return Fraction(int(limit))


def _pod(template: Document) -> Demand:
    """What the pod of a template may use; what the controller adds to it is not counted."""
    if not {"container", "containerSet", "script", "resource", "data"} & template.keys():
        return NOTHING
    together = [mapping(template.get(name)) for name in ("container", "script") if name in template]
    together += map(mapping, sequence(mapping(template.get("containerSet")).get("containers")))
    together += map(mapping, sequence(template.get("sidecars")))
    before = [mapping(each) for each in sequence(template.get("initContainers"))]
    cpu, why_cpu = _most("cpu", together, before)
    memory, why_memory = _most("memory", together, before)
    return Demand(_ONE, _ONE, cpu, memory, cpu, memory, why_cpu=why_cpu, why_memory=why_memory)


def _most(resource: str, together: list[Document], before: list[Document]) -> tuple[Number, str]:
    running = [_limit(resource, each) for each in together]
    first = [_limit(resource, each) for each in before]
    why = f"the limit of {resource}" if None in (*running, *first) else ""
    total = sum((each for each in running if each is not None), start=Fraction(0))
    return max([total, *(each for each in first if each is not None)]), why


def _limit(resource: str, container: Document) -> Number | None:
    """The limit of *container*; infinite where it has none, None where nobody knows."""
    value = mapping(mapping(container.get("resources")).get("limits")).get(resource)
    if value is None:
        return math.inf
    try:
        return quantities.parse(value)
    except LanguageError:
        return None
