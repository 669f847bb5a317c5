"""
Which tasks of a DAG can run together: the heaviest set of tasks of which none waits for another.

By Dilworth's theorem that weight is what a flow cannot be made to cover: each task lends its weight to those that come
after it, directly or further on, and what nobody can borrow adds up to the heaviest set.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def heaviest(weights: Sequence[int], before: Sequence[Sequence[int]]) -> int:
    """The largest total weight of tasks that do not wait for one another; *before* are those that each waits for."""
    count = len(weights)
    if not any(before):
        return sum(weights)
    flow = _Flow(2 * count + 2)
    source, sink = 2 * count, 2 * count + 1
    total = sum(weights) + 1
    for task, weight in enumerate(weights):
        flow.add(source, task, weight)
        flow.add(count + task, sink, weight)
        # What comes after a task comes after what that waits for, too.
        flow.add(count + task, task, total)
        for earlier in before[task]:
            flow.add(earlier, count + task, total)
    return sum(weights) - flow.most(source, sink)


class _Flow:
    """A network of pipes, and the most that flows through it (Dinic's algorithm)."""

    def __init__(self, nodes: int) -> None:
        self._from: list[list[int]] = [[] for _ in range(nodes)]
        self._to: list[int] = []
        self._left: list[int] = []

    def add(self, start: int, end: int, width: int) -> None:
        for one, other, capacity in ((start, end, width), (end, start, 0)):
            self._from[one].append(len(self._to))
            self._to.append(other)
            self._left.append(capacity)

    def most(self, source: int, sink: int) -> int:
        total = 0
        while (level := self._levels(source)) and level[sink] >= 0:
            used = [0] * len(level)
            while pushed := self._push(source, sink, level, used):
                total += pushed
        return total

    def _levels(self, source: int) -> list[int]:
        level = [-1] * len(self._from)
        level[source] = 0
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            for edge in self._from[node]:
                if self._left[edge] and level[self._to[edge]] < 0:
                    level[self._to[edge]] = level[node] + 1
                    waiting.append(self._to[edge])
        return level

    def _push(self, source: int, sink: int, level: list[int], used: list[int]) -> int:
        """What one more way from *source* to *sink* takes; without recursion, as chains are long."""
        way: list[int] = []
        node = source
        while node != sink:
            edge = self._next(node, level, used)
            if edge is not None:
                way.append(edge)
                node = self._to[edge]
            elif way:
                # A dead end: back, and never again.
                node = self._to[way.pop() ^ 1]
                used[node] += 1
            else:
                return 0
        pushed = min(self._left[edge] for edge in way)
        for edge in way:
            self._left[edge] -= pushed
            self._left[edge ^ 1] += pushed
        return pushed

    def _next(self, node: int, level: list[int], used: list[int]) -> int | None:
        edges = self._from[node]
        while used[node] < len(edges):
            edge = edges[used[node]]
            if self._left[edge] and level[self._to[edge]] == level[node] + 1:
                return edge
            used[node] += 1
        return None
