"""
When something that comes after comes beside what it comes after.

Argo's controller (as read in 4.0) takes for over what is not.

A failed template waits for its pods, with these exceptions:

* Of ``steps``, a hook that ``parallelism`` does not let in makes the group an error, and the template fails at once.
* Of ``steps``, an exit handler that it does not let in makes the caller take the template for over; a group of steps
  looks again and waits, while a task's exit handler, a hook and the Workflow's exit handler come beside.
* Of a ``dag``, an exit handler or hook of a target that ``parallelism`` does not let in makes the whole an error.
* With the template's ``failFast`` only pods of its own are waited for, not those of templates that it calls.
* Tasks that wait for one with items, with a ``retryStrategy``, or which calls others, start in the moment in which
  that is over: before its hooks, and before the exit handler of one that has items, or fails fast.
* A step whose pod cannot be made makes its group an error at once.
* What is tried again after any of these starts beside what is left of the attempts before, and once more than its
  limit says.
* A retry does not ask the template's ``parallelism`` again: it comes on top of what has taken its place meanwhile.
* What is tried again, and has a hook that is tried again, takes that for an attempt: it runs a further one in its
  place, and is over as soon as the hook is.

The pods that are left do not count against the ``parallelism`` of templates, but against that of the Workflow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from admission.argo.peak.amounts import Amounts, added, most_of, times
from admission.argo.peak.antichain import heaviest
from admission.argo.peak.order import Order, members
from admission.argo.peak.units import Child, Unit

#: A limit that is never reached.
NO_LIMIT = math.inf

#: Of more tasks that start late it does not count which of them come one after the other.
_MANY = 30


def total(units: Iterable[Unit], *, exits: bool = False) -> int | float:
    """How many nodes *units* have at once."""
    return sum(unit.count + (sum(each.times for each in unit.exits) if exits else 0) for unit in units)


def hook_is_refused(units: Sequence[Unit], limit: int | float) -> bool:
    """Whether *limit* may be reached when a hook of *units* is to run."""
    return any(unit.hooks for unit in units) and total(units) > limit


def exit_of_step_is_refused(group: Sequence[Unit], limit: int | float) -> bool:
    """
    Whether *limit* may be reached when an exit handler of the *group* is to run.

    Steps start in their order; what waits for its turn takes the place of the one that is over.
    """
    before: int | float = 0
    number = sum(each.times for unit in group for each in unit.items)
    for unit in group:
        if unit.exits and number > limit and before < number - 1:
            return True
        before += sum(each.times for each in unit.items)
    others = any(unit.hooks or any(_comes_back(each) for each in unit.items) for unit in group)
    return others and any(unit.exits for unit in group) and total(group, exits=True) > limit


def exit_of_task_is_refused(task: int, tasks: Tasks, limit: int | float) -> bool:
    """
    The same for a target of a DAG.

    The exit handler has the place of its task, unless one of those that start late, or come back, takes it.
    """
    if not tasks.units[task].exits or not (tasks.are_restless or tasks.overtaking(task, limit)):
        return False
    others = [tasks.units[each] for each in members(tasks.order.beside(task))]
    if total(others, exits=True) < limit:
        return False
    hooks = any(unit.hooks for unit in (tasks.units[task], *others))
    return hooks or any(map(_comes_back, _items(others))) or tasks.overtaking(task, limit) > 0


def coming_back(units: Iterable[Unit]) -> Amounts:
    """What retries of *units* may need on top of their limit: those for whose time others have taken their place."""
    return added(times(child.amounts, child.times) for child in _items(units) if _comes_back(child))


def overtaken(tasks: Tasks, limit: int | float) -> Amounts:
    """
    The same of a DAG, where others that have waited may start before the retry, if it fails in the same moment.

    Of so many coincidences that more than half of the limit comes on top of it, none is counted.
    """
    found: list[tuple[Amounts, int | float]] = []
    for number, unit in enumerate(tasks.units):
        again = [child for child in unit.items if child.retry is not None and not _comes_back(child)]
        more = tasks.overtaking(number, limit) if again else 0
        found += [(child.amounts, min(child.times, more)) for child in again if more]
    half = len(tasks.units) if math.isinf(limit) else int(limit) // 2
    return added([coming_back(tasks.units), most_of(found, half)])


@dataclass(frozen=True)
class Tasks:
    """The tasks of a DAG in their order."""

    units: Sequence[Unit]
    order: Order

    @cached_property
    def are_restless(self) -> bool:
        """Whether any has a hook, or comes back after a time."""
        return any(unit.hooks for unit in self.units) or any(map(_comes_back, _items(self.units)))

    def overtaking(self, task: int, limit: int | float) -> int | float:
        """
        How many others may start before what comes after *task*, and so take its place.

        Those that wait for nothing have started before it, and one takes the place of what it has waited for. Where
        there is one place only, *task* has it when all that goes before is over.
        """
        some = self.order.late(task) if limit != 1 else 0
        if some.bit_count() > _MANY:
            return math.inf
        late = list(members(some))
        counts = [self.units[each].count for each in late]
        if math.inf in counts:
            return math.inf
        index = {each: number for number, each in enumerate(late)}
        waits = [[index[other] for other in members(self.order.before[each]) if other in index] for each in late]
        return max(heaviest([int(count) for count in counts], waits) - 1, 0)


def _items(units: Iterable[Unit]) -> Iterator[Child]:
    return (child for unit in units for child in unit.items)


def _comes_back(child: Child) -> bool:
    """Whether there is a time between two attempts, in which others take its place."""
    return child.retry is not None and bool(child.retry.get("backoff"))
