"""What the steps or tasks of a template need: which are there together, and how many their limits let in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

from admission.argo.languages.tags import OPEN
from admission.argo.peak.amounts import Amounts, added, largest, most_of
from admission.argo.peak.antichain import heaviest
from admission.argo.peak.beside import (
    NO_LIMIT,
    Tasks,
    coming_back,
    exit_of_step_is_refused,
    exit_of_task_is_refused,
    hook_is_refused,
    overtaken,
    total,
)
from admission.argo.peak.order import Order, members
from admission.argo.peak.parts import NOTHING, Part, either, going_on, together
from admission.argo.peak.units import Child, Unit
from admission.argo.pods.values import is_unknown
from admission.argo.waits import words_of
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: What stands in conditions under which a task runs although one before it has not succeeded.
_ALTHOUGH = ("Failed", "Errored", "Omitted", "AnySucceeded", "!")


@dataclass(frozen=True)
class Limits:
    """
    What limits a template: its ``parallelism`` and ``failFast``.

    *scarce*: the ``parallelism`` of the Workflow may be reached at any time.
    """

    parallelism: int | float = NO_LIMIT
    fail_fast: bool = False
    scarce: bool = False

    @classmethod
    def of(cls, template: Document, *, scarce: bool) -> Limits:
        limit = template.get("parallelism")
        return cls(int(str(limit)) if is_limit(limit) else NO_LIMIT, template.get("failFast") is True, scarce)

    @property
    def are_some(self) -> bool:
        return self.scarce or not math.isinf(self.parallelism)

    def left_to(self, others: int | float) -> int | float:
        """What is left beside so many *others* that stay."""
        return 0 if self.scarce else self.parallelism - others


def is_limit(parallelism: object) -> bool:
    """Whether *parallelism* says how many there may be."""
    return isinstance(parallelism, int) and not isinstance(parallelism, bool) and parallelism > 0


def steps(units: Iterable[Unit], limits: Limits) -> Part:
    """Groups of steps come one after the other; what runs as a daemon stays."""
    groups: dict[int, list[Unit]] = {}
    for unit in units:
        groups.setdefault(unit.group, []).append(unit)
    staying: list[Unit] = []
    found: list[Part] = []
    for _, group in sorted(groups.items()):
        found.append(_group(group, staying, limits))
        staying += [unit for unit in group if unit.stays is not NOTHING]
    return either(found)


def _group(group: list[Unit], staying: list[Unit], limits: Limits) -> Part:
    daemons = [child for unit in staying if unit.daemon for child in unit.children]
    children = [*daemons, *(child for unit in group for child in unit.children)]
    parts = [*(unit.stays for unit in staying), *(unit.part for unit in group)]
    found = _limited(together(parts), children, coming_back(group), limits)
    free = limits.left_to(sum(child.times for child in daemons))
    is_alone = total(group) <= 1
    if hook_is_refused(group, free) or (any(unit.part.impossible for unit in group) and not is_alone):
        return going_on(found)
    if limits.fail_fast and not is_alone:
        calling = together([unit.part for unit in group if _calls(unit)]).amounts
        left = _least(added([found.left, calling]), found.amounts)
        found = replace(found, left=left, early=largest([found.early, left]))
    if exit_of_step_is_refused(group, free):
        found = replace(found, early=found.amounts)
    return found


def tasks(document: Document, units: Sequence[Unit], running: AbstractSet[Path], limits: Limits) -> Part:
    """Tasks run together unless one waits for the other. A DAG waits for all that it has started, but for errors."""
    waits = _Waits.of(mapping(document.get("dag")))
    there = [unit for unit in units if unit.name in waits.wanted]
    before = waits.between(there)
    there = [unit if unit.path in running else _without_nodes(unit) for unit in there]
    hooked = hook_is_refused(there, limits.left_to(0))
    # A task that no target is becomes an error by itself.
    by_itself = [hooked and bool(unit.hooks) and unit.name not in waits.targets for unit in there]
    parts = [going_on(unit.part) if alone else unit.part for unit, alone in zip(there, by_itself, strict=True)]
    stays = [_staying(unit, part, although=waits.although) for unit, part in zip(there, parts, strict=True)]
    found = _widest(parts, before, stays)
    is_ended = hooked
    if limits.are_some:
        number_of = {unit.name: number for number, unit in enumerate(there)}
        targets = [number_of[name] for name in waits.targets if name in number_of]
        in_order = Tasks(there, Order(before, targets))
        children = [child for unit in there for child in unit.children]
        found = _limited(found, children, overtaken(in_order, limits.parallelism), limits)
        is_ended |= any(
            there[each].exits if limits.scarce else exit_of_task_is_refused(each, in_order, limits.parallelism)
            for each in targets
        )
    if is_ended:
        return going_on(found)
    if limits.fail_fast and total(there) > 1:
        calling = [part if _calls(unit) else NOTHING for unit, part in zip(there, parts, strict=True)]
        left = _least(_widest(calling, before, stays).amounts, found.amounts)
        return replace(found, left=left, early=left)
    return replace(found, left={}, early={})


def _staying(unit: Unit, part: Part, *, although: bool) -> Amounts:
    """What of a task goes on beside those that wait for it; *although*: some run although one has failed."""
    if unit.daemon or part is NOTHING:
        return {}
    left = [part.left, unit.stays.left] if although else []
    return _least(part.amounts, added([unit.stays.amounts, *left]))


def _widest(parts: Sequence[Part], before: Sequence[Sequence[int]], stays: Sequence[Amounts]) -> Part:
    """The most that *parts* need together, of which some *stays* beside what waits for it."""
    if any(part.recursive for part in parts) and _is_endless(parts, before):
        return together(parts)
    recursive = {called: call for part in parts for called, call in part.recursive.items()}
    whole = together([replace(part, recursive={}) if part.recursive else part for part in parts])
    if any(stays):
        rest = [replace(part, amounts=_without(part.amounts, each)) for part, each in zip(parts, stays, strict=True)]
        parts, before = [*rest, *map(Part, stays)], [*before, *before]
    names = {name for part in parts for name in part.amounts}
    amounts = {name: _heaviest(name, parts, before) for name in names}
    return replace(whole, amounts=amounts, recursive=recursive, impossible=False)


def _is_endless(parts: Sequence[Part], before: Sequence[Sequence[int]]) -> bool:
    """Whether something is there beside one of *parts* that calls what it is a part of."""
    order = Order(before, ())
    return any(
        part.recursive and any(any(parts[other].amounts.values()) for other in members(order.beside(number)))
        for number, part in enumerate(parts)
    )


def _heaviest(name: str, parts: Sequence[Part], before: Sequence[Sequence[int]]) -> int | float:
    weights = [part.amounts.get(name, 0) for part in parts]
    if math.inf in weights:
        return math.inf
    return heaviest([int(weight) for weight in weights], before)


@dataclass(frozen=True)
class _Waits:
    """Which tasks of a DAG wait for which; *targets* are those that it is run for, *although* as its conditions say."""

    awaited: dict[str, list[str]]
    targets: tuple[str, ...]
    although: bool

    @classmethod
    def of(cls, dag: Document) -> _Waits:
        listed = [mapping(task) for task in sequence(dag.get("tasks"))]
        awaited = {text(task.get("name")): _awaited(task) for task in listed}
        written = " ".join(text(task.get("depends")) for task in listed)
        although = any(word in written for word in _ALTHOUGH) or any(task.get("continueOn") for task in listed)
        target = text(dag.get("target"))
        named = target.split() if OPEN not in target and not is_unknown(target) else []
        leaves = sorted(awaited.keys() - {name for names in awaited.values() for name in names})
        return cls(awaited, tuple(named or leaves), although)

    @cached_property
    def wanted(self) -> set[str]:
        """The targets and all that they wait for; the others never run."""
        found: set[str] = set()
        waiting = list(self.targets)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.awaited.get(name, [])
        return found

    def between(self, units: Sequence[Unit]) -> list[list[int]]:
        """
        What each of *units* waits for, directly.

        A daemon is not waited for until it ends, but what comes before it is.
        """
        index = {unit.name: number for number, unit in enumerate(units)}
        before = [[index[name] for name in self.awaited.get(unit.name, []) if name in index] for unit in units]

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


def _without_nodes(unit: Unit) -> Unit:
    return replace(unit, part=NOTHING, items=(), hooks=(), exits=())


def _calls(unit: Unit) -> bool:
    return any(child.calls for child in unit.children)


def _limited(found: Part, children: Sequence[Child], on_top: Amounts, limits: Limits) -> Part:
    """*found* with what the limit lets in of *children*, and what comes *on_top* of it or is left of what failed."""
    if math.isinf(limits.parallelism):
        return found
    let_in = most_of([(child.amounts, child.times) for child in children], int(limits.parallelism))
    most = added([let_in, on_top, found.left])
    return replace(found, amounts=_least(found.amounts, most))


def _least(one: Amounts, other: Amounts) -> dict[str, int | float]:
    """The less of both, of what is in *one*; what *other* does not name is nothing there."""
    return {name: min(each, other.get(name, 0)) for name, each in one.items()}


def _without(one: Amounts, other: Amounts) -> dict[str, int | float]:
    return {name: each if math.isinf(each) else max(each - other.get(name, 0), 0) for name, each in one.items()}
