"""What is wrong with a document, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from admission.model.path import Path


class Action(Enum):
    """What a finding does to the request (``validationActions`` of a ValidatingAdmissionPolicyBinding)."""

    DENY = "Deny"
    WARN = "Warn"
    AUDIT = "Audit"

    @classmethod
    def strictest(cls, actions: Iterable[Action]) -> Action:
        """The strictest of *actions*; ``AUDIT`` where there is none."""
        given = set(actions)
        return next((action for action in cls if action in given), cls.AUDIT)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that is wrong.

    *source* says who found it: ``lint/<rule-id>``, ``policy/<name>``, ``schema/<what>``, ``parse``, ``update/<what>``.
    *path* is the place in what the author wrote, or the reference that brought the thing in. *reason* is the status
    reason that the policy's validation asks for (``Forbidden``, ``Invalid`` …); empty: by the source.
    """

    source: str
    path: Path
    message: str
    action: Action
    reason: str = ""
