"""The peak of a Workflow, from the calls of its templates: what is there together, what one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from admission.argo.graph import words_of
from admission.argo.peak.amounts import Amounts, Defaults, largest, of_pod, times
from admission.argo.peak.antichain import heaviest
from admission.argo.peak.conditions import outcomes
from admission.argo.peak.parts import NOTHING, Part, Widest, either, together
from admission.argo.pods.project import Projection
from admission.argo.pods.walk import Call, Context
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path


@dataclass(frozen=True)
class Unit:
    """
    A step or task with all its items and hooks: what all of it needs, and what the *single* ones of it do.

    *daemon*: it goes on running beside what comes after it.
    """

    path: Path
    name: str
    group: int
    part: Part
    single: tuple[tuple[Amounts, int | float], ...]
    when: str = ""
    daemon: bool = False


class Reckoning:
    """The reckoning of one projection; *defaults* are those of the namespace's LimitRange."""

    def __init__(self, projection: Projection, defaults: Defaults) -> None:
        self._projection, self._defaults = projection, defaults
        self._known: dict[Context, Part | None] = {}

    def whole(self) -> Part:
        """What the Workflow needs, without its claims, and without what the controller adds at its end."""
        spec = self._projection.setting.spec
        entry, after, beside = NOTHING, NOTHING, [NOTHING]
        for call in self._projection.first:
            part = self._part(call)
            if not call.is_hook:
                entry = either([entry, part])
            elif call.path[-1] in ("exit", "onExit"):
                after = either([after, part])
            else:
                beside.append(part)
        found = either([together([entry, *beside]), after])
        return self._capped(found, spec.get("parallelism"))

    def _capped(self, part: Part, parallelism: object) -> Part:
        """*part* with at most so many pods at once in the whole Workflow."""
        if not _is_limit(parallelism):
            return part
        leaves = largest(of_pod(pod.pod, self._defaults) for pod in self._projection.pods.values())
        limit = times(leaves, int(str(parallelism)))
        return replace(part, amounts=_least(part.amounts, limit))

    def _part(self, call: Call) -> Part:
        if call.context is None:
            return Part({"pods": math.inf}, unbounded=(Widest(call.path, call.name, None),))
        return self._context(call.context)

    def _context(self, context: Context) -> Part:
        """What a visit of a template needs."""
        context = self._projection.walk.current(context)
        if context in self._known:
            known = self._known[context]
            return Part(recursive=True) if known is None else known
        self._known[context] = None
        calls = self._projection.walk.calls.get(context)
        found = self._pod(context) if calls is None else self._template(context, calls)
        self._known[context] = found
        return found

    def _pod(self, context: Context) -> Part:
        pod = self._projection.pods.get(context)
        return Part(of_pod(pod.pod, self._defaults)) if pod else NOTHING

    def _template(self, context: Context, calls: Sequence[Call]) -> Part:
        document = context.template.document
        units = list(self._units(calls))
        possible = list(outcomes({unit.path: unit.when for unit in units}))
        arrange = _steps if "steps" in document else _tasks
        found = either([arrange(document, units, running) for running in possible])
        parallelism = document.get("parallelism")
        if not _is_limit(parallelism):
            return found
        return replace(found, amounts=_least(found.amounts, _most_of(units, int(str(parallelism)))))

    def _units(self, calls: Sequence[Call]) -> Iterator[Unit]:
        by_path: dict[Path, list[Call]] = {}
        hooks: dict[Path, list[Call]] = {}
        for call in calls:
            if call.is_hook:
                owner = call.path.parent if call.path[-1] == "onExit" else call.path.parent.parent
                hooks.setdefault(owner, []).append(call)
            else:
                by_path.setdefault(call.path, []).append(call)
        for path, own in by_path.items():
            yield self._unit(path, own, hooks.get(path, []))

    def _unit(self, path: Path, calls: list[Call], hooks: list[Call]) -> Unit:
        turns: dict[int, list[Call]] = {}
        for call in calls:
            turns.setdefault(call.turn, []).append(call)
        parts: list[Part] = []
        single: list[tuple[Amounts, int | float]] = []
        name, count, unbounded = calls[0].name, _count(calls), any(call.times is None for call in calls)
        for choices in turns.values():
            # Of calls for one item only one is made: an enum leaves a choice.
            part = self._with_hooks(either([self._part(call) for call in choices]), hooks)
            number = math.inf if choices[0].times is None else choices[0].times
            single.append((part.amounts, number))
            parts.append(replace(part, amounts=times(part.amounts, number)))
        whole = together(parts)
        if count != 1:
            here = Widest(path, name, count)
            whole = replace(whole, widest={resource: here for resource, each in whole.amounts.items() if each})
        else:
            here = Widest(path, name)
            whole = replace(whole, widest={**dict.fromkeys(whole.amounts, here), **whole.widest})
        if unbounded and any(whole.amounts.values()):
            whole = replace(whole, unbounded=(*whole.unbounded, Widest(path, name, None)))
        daemon = any(_is_daemon(call) for call in calls)
        return Unit(path, name, calls[0].group, whole, tuple(single), calls[0].when, daemon)

    def _with_hooks(self, part: Part, hooks: list[Call]) -> Part:
        """*part* with the hooks beside it, and what handles its end after it."""
        after = [self._part(call) for call in hooks if call.path[-1] in ("exit", "onExit")]
        beside = [self._part(call) for call in hooks if call.path[-1] not in ("exit", "onExit")]
        return either([together([part, *beside]), *after])


def _steps(document: Document, units: list[Unit], running: frozenset[Path]) -> Part:
    """Groups of steps come one after the other; what runs as a daemon stays."""
    groups: dict[int, list[Unit]] = {}
    for unit in units:
        if unit.path in running:
            groups.setdefault(unit.group, []).append(unit)
    daemons: list[Part] = []
    found: list[Part] = []
    for _, group in sorted(groups.items()):
        found.append(together([*daemons, *(unit.part for unit in group)]))
        daemons += [unit.part for unit in group if unit.daemon]
    return either(found)


def _tasks(document: Document, units: list[Unit], running: frozenset[Path]) -> Part:
    """Tasks run together unless one waits for the other."""
    index = {unit.name: number for number, unit in enumerate(units)}
    listed = (mapping(task) for task in sequence(mapping(document.get("dag")).get("tasks")))
    waits = {text(task.get("name")): _awaited(task) for task in listed}
    before = _order([[index[name] for name in waits.get(unit.name, []) if name in index] for unit in units], units)
    parts = [unit.part if unit.path in running else NOTHING for unit in units]
    amounts = {name: _heaviest(name, parts, before) for name in {name for part in parts for name in part.amounts}}
    whole = together(parts)
    if whole.recursive:
        return whole
    return replace(whole, amounts=amounts)


def _heaviest(name: str, parts: list[Part], before: list[list[int]]) -> int | float:
    weights = [part.amounts.get(name, 0) for part in parts]
    if math.inf in weights:
        return math.inf
    return heaviest([int(weight) for weight in weights], before)


def _order(before: list[list[int]], units: list[Unit]) -> list[list[int]]:
    """What each task waits for, directly; a daemon is not waited for until it ends, but what comes before it is."""

    def awaited(task: int, seen: frozenset[int]) -> Iterator[int]:
        for each in before[task]:
            if each in seen:
                continue
            if units[each].daemon:
                yield from awaited(each, seen | {each})
            else:
                yield each

    return [list(dict.fromkeys(awaited(task, frozenset({task})))) for task in range(len(units))]


def _awaited(task: Document) -> list[str]:
    written = [each for each in sequence(task.get("dependencies")) if isinstance(each, str)]
    return [*written, *words_of(text(task.get("depends")))]


def _most_of(units: list[Unit], number: int) -> dict[str, int | float]:
    """The most that *number* of all that is in *units* can need."""
    single = [each for unit in units for each in unit.single]
    names = dict.fromkeys(name for amounts, _ in single for name in amounts)
    return {name: _largest_of(sorted(((a.get(name, 0), n) for a, n in single), reverse=True), number) for name in names}


def _largest_of(sorted_amounts: list[tuple[int | float, int | float]], number: int) -> int | float:
    total: int | float = 0
    for each, count in sorted_amounts:
        taken = int(min(number, count))
        total += each * taken if each and taken else 0
        number -= taken
    return total


def _least(one: Amounts, other: Amounts) -> dict[str, int | float]:
    return {name: min(each, other.get(name, each)) for name, each in one.items()}


def _count(calls: list[Call]) -> int | None:
    """How often a step runs at once."""
    number = 0
    for call in {call.turn: call for call in calls}.values():
        if call.times is None:
            return None
        number += call.times
    return number


def _is_daemon(call: Call) -> bool:
    return call.context is not None and call.context.template.document.get("daemon") is True


def _is_limit(parallelism: object) -> bool:
    return isinstance(parallelism, int) and not isinstance(parallelism, bool) and parallelism > 0
