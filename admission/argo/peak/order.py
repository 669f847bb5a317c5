"""The order in which tasks of a DAG run, and in which the controller looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Tasks by their numbers, one bit for each: a DAG may have thousands, and each of them as many before it.
Some = int


class Order:
    """
    What comes before and after each task, by number; *waits* are those that it waits for directly.

    The controller goes from target to target, and looks at all that one waits for before it.
    """

    def __init__(self, waits: Sequence[Sequence[int]], targets: Sequence[int]) -> None:
        waited_for: list[list[int]] = [[] for _ in waits]
        for task, awaited in enumerate(waits):
            for each in awaited:
                waited_for[each].append(task)
        self.before, self._after = _all_reached(waits), _all_reached(waited_for)
        self._all = (1 << len(waits)) - 1
        self._waiting = sum(1 << task for task, awaited in enumerate(waits) if awaited)
        self._first = self._looked_at(targets)

    def beside(self, task: int) -> Some:
        """Those that come neither before *task* nor after it."""
        return self._all & ~(self.before[task] | self._after[task] | 1 << task)

    def late(self, task: int) -> Some:
        """Those that start when others are over, at any time beside *task*, and are looked at before it."""
        return self.beside(task) & self._waiting & self._first[task]

    def _looked_at(self, targets: Sequence[int]) -> list[Some]:
        found: list[Some] = [0] * len(self.before)
        seen: Some = 0
        for target in targets:
            reached = self.before[target] | 1 << target
            for each in members(reached & ~seen):
                found[each] = (seen | reached) & ~(1 << each)
            seen |= reached
        return found


def members(some: Some) -> Iterator[int]:
    """The numbers of *some*."""
    while some:
        lowest = some & -some
        yield lowest.bit_length() - 1
        some ^= lowest


def _all_reached(steps: Sequence[Sequence[int]]) -> list[Some]:
    """What is reached from each task by any number of *steps*."""
    found: list[Some | None] = [None] * len(steps)
    entered: set[int] = set()
    for start in range(len(steps)):
        waiting = [start]
        while waiting:
            task = waiting[-1]
            if task not in entered:
                entered.add(task)
                waiting += (each for each in steps[task] if each not in entered)
                continue
            waiting.pop()
            if found[task] is None:
                reached = 0
                for each in steps[task]:
                    reached |= (found[each] or 0) | 1 << each
                found[task] = reached
    return [each or 0 for each in found]
