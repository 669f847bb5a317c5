"""How many pods a Workflow has in all, over its whole time: every branch is taken, every retry used up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from admission.argo.peak.retries import retries, strategy_of
from admission.argo.pods.project import Projection
from admission.argo.pods.templates import called
from admission.argo.pods.walk import Call, Context
from admission.model.document import Document


@dataclass
class InAll:
    """
    The count of one projection.

    Once it has counted, *open* says of what only the run knows how often it runs, of which one is counted and nothing
    that calls itself, and *missing* which templates nobody knows.
    """

    projection: Projection
    open: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    _known: dict[Context, int | float | None] = field(default_factory=dict)

    def pods(self) -> int | float:
        return self._made_by(self.projection.first) + len(self.projection.agent)

    def _made_by(self, calls: Sequence[Call]) -> int | float:
        turns: dict[tuple[object, ...], list[Call]] = {}
        for call in calls:
            turns.setdefault((call.path, call.turn), []).append(call)
        # Of calls for one item only one is made.
        return sum(_times(turn[0]) * max(map(self._of_call, turn)) for turn in turns.values())

    def _of_call(self, call: Call) -> int | float:
        if call.context is None:
            self.missing.append(f"what template {call.name or call.path} runs")
            return 0
        context = self.projection.walk.current(call.context)
        if context not in self._known:
            self._known[context] = None
            self._known[context] = self._of_context(context)
        found = self._known[context]
        if found is None:
            self.open.append(f"how often {context.template.name!r} calls itself")
            return 0
        strategy = strategy_of(call, self.projection.setting.spec.get("retryStrategy"))
        return found * (retries(strategy) + 1) if found and strategy is not None else found

    def _of_context(self, context: Context) -> int | float:
        calls = self.projection.walk.calls.get(context)
        if calls is None:
            return 1 if context in self.projection.pods else 0
        steps = {context.template.path.join(place): step for _, place, step in called(context.template.document)}
        self.open += [_unknown_items(steps.get(call.path, {})) for call in calls if call.times is None]
        return self._made_by(calls)


def _times(call: Call) -> int:
    return 1 if call.times is None else call.times


def _unknown_items(step: Document) -> str:
    return f"how many items {'withSequence' if step.get('withSequence') else 'withParam'} gives"
