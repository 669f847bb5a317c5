"""The peak of a Workflow, from the calls of its templates: what is there together, what one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from admission.argo.peak.amounts import Amounts, largest, times
from admission.argo.peak.arrangement import Limits, is_limit, steps, tasks
from admission.argo.peak.conditions import outcomes
from admission.argo.peak.parts import NOTHING, Part, Widest, either, then, together
from admission.argo.peak.retries import confused, strategy_of, tried_again
from admission.argo.peak.units import Units, handles_end, is_daemon
from admission.argo.pods.effective import EffectivePod
from admission.argo.pods.project import Projection
from admission.argo.pods.walk import Call, Context

#: What one pod needs.
Weigh: TypeAlias = Callable[[EffectivePod], Amounts]


def reckoned_of(projection: Projection, weigh: Weigh, *, least: bool = False) -> Part:
    """
    What the Workflow needs, without its claims, and without what the controller adds at its end.

    *least*: what only the run knows the number of is there once, and nothing calls itself.
    """
    limit = projection.setting.spec.get("parallelism")
    found = _Reckoning(projection, weigh, least=least).whole()
    if not is_limit(limit):
        return found
    most = int(str(limit))
    largest_pod = largest(map(weigh, projection.pods.values()))
    bound = times(largest_pod, most)
    if any(each > bound.get(name, each) for name, each in found.amounts.items()):
        # What ends early for want of a place is followed by what is larger, perhaps.
        found = _Reckoning(projection, weigh, least=least, scarce=True).whole()
    return replace(found, amounts=_least(found.amounts, bound), early=_least(found.early, bound))


class _Reckoning:
    """The reckoning of one projection. *scarce*: the ``parallelism`` of the Workflow may be reached at any time."""

    def __init__(self, projection: Projection, weigh: Weigh, *, least: bool, scarce: bool = False) -> None:
        self._projection, self._weigh, self._least, self._scarce = projection, weigh, least, scarce
        self._retry = projection.setting.spec.get("retryStrategy")
        self._units = Units(self._part, self._retry, unknown=1 if least else math.inf)
        self._known: dict[Context, Part | None] = {}

    def whole(self) -> Part:
        entry, after, beside = NOTHING, NOTHING, [NOTHING]
        remaining: Amounts = {}
        first = self._projection.first
        hooks = [strategy_of(call, self._retry) for call in first if call.is_hook and not handles_end(call)]
        for call in first:
            part = self._part(call)
            if not call.is_hook:
                part = confused(part, strategy_of(call, self._retry), hooks)
                entry = either([entry, part])
                remaining = largest([remaining, part.amounts if is_daemon(call) else part.early])
            elif handles_end(call):
                after = either([after, part])
            else:
                beside.append(part)
        return together([then(entry, after, remaining), *beside])

    def _part(self, call: Call) -> Part:
        if call.context is None:
            return NOTHING if self._least else Part({"pods": math.inf}, unbounded=(Widest(call.path, call.name, None),))
        context = self._projection.walk.current(call.context)
        if context not in self._known:
            self._known[context] = None
            self._known[context] = self._context(context)
        found = self._known[context]
        if found is None:
            return NOTHING if self._least else Part(recursive={context: Widest(call.path, call.name, None)})
        return tried_again(found, call, strategy_of(call, self._retry))

    def _context(self, context: Context) -> Part:
        """What a visit of a template needs."""
        calls = self._projection.walk.calls.get(context)
        if calls is None:
            return self._pod(context)
        found = self._template(context, calls)
        # For others it does not matter that it ends in itself.
        rest = {called: call for called, call in found.recursive.items() if called != context}
        return replace(found, recursive=rest) if found.recursive else found

    def _pod(self, context: Context) -> Part:
        pod = self._projection.pods.get(context)
        if pod is None:
            return NOTHING
        return Part(self._weigh(pod), impossible=any(each.refused for each in pod.problems))

    def _template(self, context: Context, calls: Sequence[Call]) -> Part:
        document = context.template.document
        units = list(self._units.of(context.template, calls))
        limits = Limits.of(document, scarce=self._scarce)
        possible = list(outcomes({unit.path: unit.when for unit in units}))
        if context.template.type == "steps":
            return either([steps([unit for unit in units if unit.path in running], limits) for running in possible])
        return either([tasks(document, units, running, limits) for running in possible])


def _least(one: Amounts, other: Amounts) -> dict[str, int | float]:
    return {name: min(each, other.get(name, each)) for name, each in one.items()}
