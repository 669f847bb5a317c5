"""The steps or tasks of a template, each with all its items, hooks and exit handlers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from admission.argo.peak.amounts import Amounts, added
from admission.argo.peak.locks import mutex
from admission.argo.peak.parts import NOTHING, Part, Widest, either, many, then, together
from admission.argo.peak.retries import confused, strategy_of
from admission.argo.pods.loops import LOOPS
from admission.argo.pods.templates import CALLING_TYPES, POD_TYPES, Template, called
from admission.argo.pods.walk import Call
from admission.model.document import Document, mapping
from admission.model.path import Path

#: Names of the hooks that handle an end.
_EXITS = ("exit", "onExit")


@dataclass(frozen=True)
class Child:
    """
    Nodes that count against ``parallelism``: so many *times* one that needs *amounts*.

    *calls*: it calls others itself. *retry* is its ``retryStrategy``.
    """

    amounts: Amounts
    times: int | float
    calls: bool = False
    retry: Document | None = None


@dataclass(frozen=True)
class Unit:
    """
    A step or task: what all of it needs, and the nodes that it has.

    *stays* goes on running beside the steps or tasks that come after it, and when it has failed what is left of that,
    too; of a *daemon* that is all.
    """

    path: Path
    name: str
    group: int
    part: Part
    items: tuple[Child, ...]
    hooks: tuple[Child, ...] = ()
    exits: tuple[Child, ...] = ()
    when: str = ""
    daemon: bool = False
    stays: Part = NOTHING

    @property
    def count(self) -> int | float:
        """How many nodes it has at once, without those that handle ends."""
        return sum(each.times for each in (*self.items, *self.hooks))

    @property
    def children(self) -> tuple[Child, ...]:
        return (*self.items, *self.hooks, *self.exits)


class Units:
    """
    The units of templates.

    *part* is what a call needs, *retry* the ``retryStrategy`` of the whole Workflow, *unknown* how many items there
    are of which only the run knows the number.
    """

    def __init__(self, part: Callable[[Call], Part], retry: object, unknown: int | float) -> None:
        self._part, self._retry, self._unknown = part, retry, unknown

    def of(self, template: Template, calls: Sequence[Call]) -> Iterator[Unit]:
        """Those of *template*, which makes *calls*."""
        written = {template.path.join(place): step for _, place, step in called(template.document)}
        by_path: dict[Path, list[Call]] = {}
        hooks: dict[Path, list[Call]] = {}
        for call in calls:
            if call.is_hook:
                owner = call.path.parent if call.path[-1] == "onExit" else call.path.parent.parent
                hooks.setdefault(owner, []).append(call)
            else:
                by_path.setdefault(call.path, []).append(call)
        for path, own in by_path.items():
            yield self._unit(own, hooks.get(path, []), written.get(path, {}), is_step=template.type == "steps")

    def _unit(self, calls: list[Call], hooks: list[Call], written: Document, *, is_step: bool) -> Unit:
        turns: dict[int, list[Call]] = {}
        for call in calls:
            turns.setdefault(call.turn, []).append(call)
        # Of calls for one item only one is made: an enum leaves a choice.
        again = [strategy_of(call, self._retry) for call in hooks if not handles_end(call)]
        items = [(either(map(self._part, turn)), self._number(turn[0]), turn) for turn in turns.values()]
        beside = [(self._part(call), call) for call in hooks if not handles_end(call)]
        after = [(self._part(call), call) for call in hooks if handles_end(call)]
        number = sum(times for _, times, _ in items)
        runs = _Runs(
            items=[(confused(part, strategy_of(turn[0], self._retry), again), times) for part, times, turn in items],
            hooks=together(_by_path(beside)),
            exit=either([part for part, _ in after]),
            one_by_one=_holds_one_lock(calls),
        )
        each = number if is_step else 1
        whole = runs.of_step() if is_step else runs.of_task()
        daemon = any(is_daemon(call) for call in (*calls, *hooks))
        return Unit(
            path=calls[0].path,
            name=calls[0].name,
            group=calls[0].group,
            part=_named(whole, calls),
            items=tuple(self._child(part.amounts, times, turn[0]) for part, times, turn in items if _counts(turn[0])),
            hooks=tuple(self._child(part.amounts, each, call) for part, call in beside if _counts(call)),
            exits=tuple(self._child(part.amounts, each, call) for part, call in after if _counts(call)),
            when=calls[0].when,
            daemon=daemon,
            stays=Part(whole.amounts) if daemon else self._staying(runs, calls, written, is_step=is_step),
        )

    def _staying(self, runs: _Runs, calls: list[Call], written: Document, *, is_step: bool) -> Part:
        if is_step:
            return runs.beside_steps(goes_on=any(mapping(written.get("continueOn")).values()))
        templates = [call.context.template for call in calls if call.context]
        calling = any(each.type in CALLING_TYPES for each in templates)
        return runs.beside_tasks(
            has_items=any(written.get(name) for name in LOOPS),
            ends_late=calling or any(strategy_of(call, self._retry) for call in calls),
            fails_fast=any(each.document.get("failFast") is True for each in templates),
        )

    def _number(self, call: Call) -> int | float:
        return self._unknown if call.times is None else call.times

    def _child(self, amounts: Amounts, times: int | float, call: Call) -> Child:
        calls = call.context is None or call.context.template.type in CALLING_TYPES
        return Child(amounts, times, calls, strategy_of(call, self._retry))


@dataclass(frozen=True)
class _Runs:
    """What runs for a step or task: each item so often, the *hooks* beside it, and what handles its end."""

    items: list[tuple[Part, int | float]]
    hooks: Part
    exit: Part
    one_by_one: bool

    @property
    def number(self) -> int | float:
        return sum(times for _, times in self.items)

    @property
    def all_items(self) -> Part:
        if self.one_by_one and not any(part.early for part, _ in self.items):
            return either([part for part, _ in self.items])
        return together([many(part, times) for part, times in self.items])

    def of_step(self) -> Part:
        """A step has a hook and an exit handler for each item."""
        hooks, exits = many(self.hooks, self.number), many(self.exit, self.number)
        if self.one_by_one:
            return together([self.all_items, hooks, exits])
        each = [many(then(part, self.exit, part.left), times) for part, times in self.items]
        left = added([self.all_items.left, hooks.early, exits.early])
        return replace(together([*each, hooks]), left=left, early=left)

    def of_task(self) -> Part:
        """A task has one hook for all items, and the exit handlers of items run one by one, beside the other items."""
        items, exits = self.all_items, many(self.exit, self.number + 1) if self.exit.early else self.exit
        return together([then(items, exits, self._beside_exit(items)), self.hooks])

    def beside_steps(self, *, goes_on: bool) -> Part:
        """What goes on beside the next groups of steps; *goes_on*: they run although this one has failed."""
        left = self.all_items.left if goes_on else {}
        hooks, exits = many(self.hooks, self.number), many(self.exit, self.number)
        total = added([left, hooks.early, exits.early])
        return Part(total, left=total, early=total) if total else NOTHING

    def beside_tasks(self, *, has_items: bool, ends_late: bool, fails_fast: bool) -> Part:
        """
        What goes on beside the tasks that wait for this one.

        These start at once where the controller sees only when it comes to them that it is over: hooks of what
        *ends_late*, and of what *has_items* the exit handler, too, start after that.
        """
        late = [self.hooks.amounts if has_items or ends_late else {}, self.exit.amounts if has_items else {}]
        left = self.exit.amounts if fails_fast and not has_items else {}
        return Part(added(late), left=left)

    def _beside_exit(self, items: Part) -> Amounts:
        """What of *items* may run beside the exit handler of one of them: all but what is over of this one."""
        if self.one_by_one and self.number > 1:
            return items.amounts
        over: dict[str, int | float] = {}
        for name, whole in items.amounts.items():
            ended = [part.amounts.get(name, 0) - part.early.get(name, 0) for part, _ in self.items if not part.early]
            least = min(ended) if len(ended) == len(self.items) else 0
            over[name] = whole if math.isinf(whole) else whole - least
        return {name: each for name, each in over.items() if each}


def _by_path(hooks: list[tuple[Part, Call]]) -> list[Part]:
    """What the hooks need; of calls at one place only one is made."""
    found: dict[Path, list[Part]] = {}
    for part, call in hooks:
        found.setdefault(call.path, []).append(part)
    return [either(parts) for parts in found.values()]


def _named(whole: Part, calls: list[Call]) -> Part:
    """*whole*, which says of what it is so wide because of."""
    count = _count(calls)
    here = Widest(calls[0].path, calls[0].name, count)
    if count != 1:
        whole = replace(whole, widest={resource: here for resource, each in whole.amounts.items() if each})
    else:
        whole = replace(whole, widest={**dict.fromkeys(whole.amounts, here), **whole.widest})
    if count is None and any(whole.amounts.values()):
        whole = replace(whole, unbounded=(*whole.unbounded, here))
    return whole


def _count(calls: list[Call]) -> int | None:
    """How often a step runs at once."""
    number = 0
    for call in {call.turn: call for call in calls}.values():
        if call.times is None:
            return None
        number += call.times
    return number


def _counts(call: Call) -> bool:
    """Whether what *call* runs is a node that ``parallelism`` counts."""
    return call.context is None or call.context.template.type in POD_TYPES | CALLING_TYPES


def handles_end(call: Call) -> bool:
    """Whether it is an exit handler that is called."""
    return call.path[-1] in _EXITS


def is_daemon(call: Call) -> bool:
    """Whether what *call* runs goes on until the template around it ends."""
    if call.context is None:
        return False
    template = call.context.template
    return template.document.get("daemon") is True and template.type in POD_TYPES


def _holds_one_lock(calls: list[Call]) -> bool:
    """Whether all that *calls* run has to hold one and the same lock as long as it runs."""
    if any(call.context is None or is_daemon(call) for call in calls):
        return False
    locks = {mutex(call.context.inputs.put_into(call.context.template)) for call in calls if call.context}
    return len(locks) == 1 and None not in locks
