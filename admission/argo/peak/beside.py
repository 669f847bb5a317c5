"""
When something that comes after comes beside what it comes after: how Argo's controller (4.0, 4.1) takes for over what
is not.

A failed template waits for its pods, with these exceptions:

* Of ``steps``, a hook that ``parallelism`` does not let in makes the group an error, and the template fails at once.
* Of ``steps``, an exit handler that it does not let in makes the caller take the template for over; a group of steps
  looks again and waits, while a task's exit handler, a hook and the Workflow's exit handler come beside.
* Of a ``dag``, an exit handler or hook of a target that ``parallelism`` does not let in makes the whole an error.
* With the template's ``failFast`` only pods of its own are waited for, not those of templates that it calls.
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
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from admission.argo.peak.amounts import Amounts, added, times
from admission.argo.peak.antichain import heaviest
from admission.argo.peak.units import Child, Unit

#: A limit that is never reached.
NO_LIMIT = math.inf


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
    others = tasks.beside(task)
    if not tasks.units[task].exits or total((tasks.units[each] for each in others), exits=True) < limit:
        return False
    hooks = any(tasks.units[each].hooks for each in (task, *others))
    back = any(_comes_back(child) for each in others for child in tasks.units[each].items)
    return hooks or back or tasks.overtaking(task, limit) > 0


def coming_back(units: Iterable[Unit]) -> Amounts:
    """What retries of *units* may need on top of their limit: those for whose time others have taken their place."""
    children = (child for unit in units for child in unit.items if _comes_back(child))
    return added(times(child.amounts, child.times) for child in children)


def overtaken(tasks: Tasks, limit: int | float) -> Amounts:
    """The same of a DAG, where others that have waited may start before the retry."""
    found = [coming_back(tasks.units)]
    for number, unit in enumerate(tasks.units):
        again = [child for child in unit.items if child.retry is not None and not _comes_back(child)]
        more = tasks.overtaking(number, limit) if again else 0
        found += [times(child.amounts, min(child.times, more)) for child in again]
    return added(found)


@dataclass(frozen=True)
class Tasks:
    """
    The tasks of a DAG in the controller's order.

    *before* are all tasks that each comes after, *first* those that the controller looks at before it.
    """

    units: Sequence[Unit]
    before: Sequence[AbstractSet[int]]
    first: Sequence[AbstractSet[int]]

    @classmethod
    def of(cls, units: Sequence[Unit], waits: Sequence[Sequence[int]], targets: Sequence[int]) -> Tasks:
        """Those of *units* that wait for others as *waits* says: target by target, each after what it waits for."""
        before = all_before(waits)
        first: list[AbstractSet[int]] = [frozenset()] * len(units)
        seen: set[int] = set()
        for target in targets:
            reached = {target, *before[target]}
            for each in reached - seen:
                first[each] = (seen | reached) - {each}
            seen |= reached
        return cls(units, before, first)

    def beside(self, task: int) -> list[int]:
        """Those that neither come before *task* nor after it."""
        return [each for each in range(len(self.units)) if each != task and not ordered(task, each, self.before)]

    def overtaking(self, task: int, limit: int | float) -> int | float:
        """
        How many others may start before what comes after *task*, and so take its place.

        Those that wait for nothing have started before it, and one takes the place of what it has waited for. Where
        there is one place only, *task* has it when all that goes before is over.
        """
        if limit == 1:
            return 0
        late = [each for each in self.beside(task) if self.before[each] and each in self.first[task]]
        counts = [self.units[each].count for each in late]
        if math.inf in counts:
            return math.inf
        index = {each: number for number, each in enumerate(late)}
        waits = [[index[other] for other in self.before[each] if other in index] for each in late]
        return max(heaviest([int(count) for count in counts], waits) - 1, 0)


def _comes_back(child: Child) -> bool:
    """Whether there is a time between two attempts, in which others take its place."""
    return child.retry is not None and bool(child.retry.get("backoff"))


def all_before(before: Sequence[Sequence[int]]) -> list[set[int]]:
    """All that each task comes after, directly or not; *before* are those that it waits for directly."""
    return [_reached(waits, before) for waits in before]


def _reached(start: Sequence[int], before: Sequence[Sequence[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += before[each]
    return found


def ordered(one: int, other: int, before: Sequence[AbstractSet[int]]) -> bool:
    """Whether one of the two comes after the other."""
    return one in before[other] or other in before[one]
