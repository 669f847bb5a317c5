"""Retries: one after the other, but for what the controller takes for over, or for an attempt (``beside.py``)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from admission.argo.peak.amounts import added, times
from admission.argo.peak.parts import Part, going_on, many
from admission.argo.pods.walk import Call
from admission.model.document import Document

#: The controller reads limits of 32 bits.
_DIGITS = 10


def strategy_of(call: Call, of_workflow: object) -> Document | None:
    """How what *call* runs is tried again; the Workflow's strategy is that of every template without one."""
    own = call.context.template.document.get("retryStrategy") if call.context else None
    found = of_workflow if own is None else own
    return found if isinstance(found, dict) else None


def tried_again(part: Part, call: Call, strategy: Document | None) -> Part:
    """*part* with its retries, where what is left of one attempt runs on beside the next."""
    if strategy is None or not part.left or (_ends_in_an_error(call) and not _is_for_errors(strategy)):
        return part
    left = times(part.left, retries(strategy) + 1)
    return replace(
        part,
        amounts=added([part.amounts, left]),
        left=added([part.left, left]),
        early=added([part.early, left]),
    )


def confused(part: Part, strategy: Document | None, hooks: Iterable[Document | None]) -> Part:
    """*part* with as many attempts at once as it takes its hooks for; *strategy* is its own, *hooks* are those's."""
    taken = sum(1 for each in hooks if each is not None)
    if strategy is None or not taken:
        return part
    return going_on(many(part, retries(strategy) + 2 + taken))


def _ends_in_an_error(call: Call) -> bool:
    """Whether what *call* runs leaves something only when it is an error: of ``steps`` the template has failed then."""
    template = call.context.template if call.context else None
    return template is not None and template.type == "dag" and template.document.get("failFast") is not True


def _is_for_errors(strategy: Document) -> bool:
    policy = strategy.get("retryPolicy") or ("Always" if strategy.get("expression") else "OnFailure")
    return policy in ("Always", "OnError")


def retries(strategy: Document) -> int | float:
    """How often something is tried again at most; what has no limit is tried for ever."""
    limit = strategy.get("limit")
    if isinstance(limit, str) and limit.isdecimal() and len(limit) <= _DIGITS:
        limit = int(limit)
    return limit if isinstance(limit, int) and limit >= 0 else math.inf
