"""The rules on a template that changes or goes: what they find, as strict as somebody wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from admission.argo.compare.change import Change
from admission.lint.rules.guards import CHANGES
from admission.model.annotations import IGNORE
from admission.model.document import mapping, text
from admission.model.finding import Action, Finding

#: The annotation whose value is the reason why users of a template may break.
ALLOW = "argo-admission.io/allow-breaking-change"


def findings(change: Change, strictness: Mapping[str, Action | None]) -> Iterator[Finding]:
    """
    What there is to say of *change*; *strictness* as for lint.

    With a reason why users may break it is only recorded, and not even that where nobody wants it.
    """
    reason = allowed_because(change)
    for rule in CHANGES:
        action = strictness.get(rule.id, rule.action)
        if action is None:
            continue
        for finding in rule(change):
            if reason:
                yield replace(finding, action=Action.AUDIT, message=f"{finding.message} (allowed: {reason})")
            elif action is Action.DENY or not _is_ignored(rule.id, change):
                yield replace(finding, action=action)


def allowed_because(change: Change) -> str:
    """The reason why users of the template may break; empty where there is none."""
    return " ".join(text(mapping(change.metadata.get("annotations")).get(ALLOW)).split())


def _is_ignored(rule_id: str, change: Change) -> bool:
    return bool(text(mapping(change.metadata.get("annotations")).get(IGNORE + rule_id)).strip())
