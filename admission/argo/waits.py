"""What the tasks of a DAG wait for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from admission.model.document import Document, sequence, text

_TASK = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*)(?:\.[a-zA-Z]+)?")


def words_of(written: str) -> list[str]:
    """The words of ``depends`` that Argo takes for tasks, whether or not it can be evaluated."""
    return _TASK.findall(written)


def dependencies(task: Document) -> frozenset[str]:
    """The tasks that *task* names in ``depends`` and ``dependencies``."""
    named = (each for each in sequence(task.get("dependencies")) if isinstance(each, str))
    return frozenset((*named, *words_of(text(task.get("depends")))))


class Waits:
    """
    Which tasks of a DAG end before which begin; *tasks* says of each which it names.

    A set for each task would be quadratic in a long chain; as the bits of one number they are small and quickly joined.
    """

    def __init__(self, tasks: Mapping[str, frozenset[str]]) -> None:
        self._tasks = tasks
        self._bits = {name: 1 << index for index, name in enumerate(tasks)}
        self._masks: dict[str, int] = {}
        for name in tasks:
            self._fill(name)

    def __call__(self, task: str, other: str) -> bool:
        """Whether *task* begins only when *other* has ended."""
        return bool(self._masks.get(task, 0) & self._bits.get(other, 0))

    def _fill(self, start: str) -> None:
        """Finds what *start* waits for, and first of all that. Without recursion; a cycle ends."""
        todo, entered = [start], set()
        while todo:
            name = todo[-1]
            needed = [each for each in self._tasks[name] if each in self._bits]
            open_ones = [each for each in needed if each not in self._masks and each not in entered]
            entered.add(name)
            if open_ones and name not in self._masks:
                todo.extend(open_ones)
                continue
            mask = self._masks.get(name, 0)
            for each in needed:
                mask |= self._bits[each] | self._masks.get(each, 0)
            self._masks[name] = mask
            todo.pop()
