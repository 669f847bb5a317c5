"""The runner: which rules a profile has, and what is ignored or made stricter."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from admission.argo.workflow import Workflow
from admission.lint.rule import Rule
from admission.lint.rules import ARGO, RULES
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action
from admission.model.settings import Profile

MISSING = {"name": "x", "steps": [[{"name": "a", "templateRef": {"name": "t", "template": "x"}}]]}


def document(kind: str = "Workflow", **annotations: str) -> dict[str, Any]:
    """An object that refers to a template that is not there."""
    return {
        "kind": kind,
        "metadata": {"name": "n", "annotations": annotations},
        "spec": {"entrypoint": "x", "templates": [MISSING]},
    }


def found(document: dict[str, Any], **options: Any) -> list[tuple[str, Action]]:
    """The sources and actions of what is found about the reference."""
    findings = lint(document, FrozenCatalog(), LintOptions(**options))
    return [(each.source, each.action) for each in findings if each.source == "lint/ref-not-found"]


@pytest.mark.parametrize(
    ("kind", "profile", "expected"),
    [
        ("Workflow", Profile.RECOMMENDED, Action.DENY),
        ("WorkflowTemplate", Profile.RECOMMENDED, Action.WARN),
        ("WorkflowTemplate", Profile.ARGO, Action.DENY),
        ("WorkflowTemplate", Profile.ARGO_LINT, Action.DENY),
    ],
)
def test_what_may_yet_come(kind: str, profile: Profile, expected: Action) -> None:
    """What only waits to be run may be applied before what it refers to; Argo's own verdict does not wait."""
    assert [("lint/ref-not-found", expected)] == found(document(kind), profile=profile)


@pytest.mark.parametrize(
    ("wanted", "expected"), [(Action.AUDIT, [Action.AUDIT]), (Action.DENY, [Action.DENY]), (None, [])]
)
def test_strictness(wanted: Action | None, expected: list[Action]) -> None:
    """A binding decides what the findings of a rule do, or that there are none."""
    assert expected == [action for _, action in found(document(), strictness={"ref-not-found": wanted})]


@pytest.mark.parametrize(
    ("kind", "reason", "left"),
    [("WorkflowTemplate", "on purpose", 0), ("WorkflowTemplate", " ", 1), ("Workflow", "why", 1)],
)
def test_ignored(kind: str, reason: str, left: int) -> None:
    """An author who says why may silence a warning, never a denial."""
    assert left == len(found(document(kind, **{"ignore.argo-admission.io/ref-not-found": reason})))


def test_arguments_without_values() -> None:
    """Linting lets arguments lack values, by the option or by the profile."""
    spec = {
        "entrypoint": "x",
        "templates": [{"name": "x", "suspend": {}}],
        "arguments": {"parameters": [{"name": "p"}]},
    }
    cases = [({}, 1), ({"lint": True}, 0), ({"profile": Profile.ARGO_LINT}, 0), ({"profile": Profile.ARGO}, 1)]

    for options, expected in cases:
        findings = lint({"kind": "Workflow", "spec": spec}, FrozenCatalog(), LintOptions(**options))
        assert expected == sum(each.source == "lint/arg-value-required" for each in findings)


def test_other_kinds() -> None:
    """Nothing is said of what is not Argo's."""
    assert [] == lint({"kind": "ConfigMap", "spec": {"templates": [MISSING]}}, FrozenCatalog(), LintOptions())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_rules_of_argo_share_their_walks(rule: Rule) -> None:
    """Where the two walks find nothing, no rule of Argo's does: the runner then leaves them out."""
    for text in (rule.good, rule.bad):
        workflow = Workflow(next(yaml.safe_load_all(text)))
        if not workflow.analysis.problems and not workflow.misfits:
            assert [] == [finding for each in ARGO for finding in each(workflow)]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.mentions], ids=lambda rule: rule.id)
def test_mentions_hide_nothing(rule: Rule) -> None:
    """A rule that looks only where its words occur finds in the bad examples of all rules what it finds by looking."""
    for other in RULES:
        for each in yaml.safe_load_all(other.bad):
            workflow = Workflow(each)
            assert len(rule(workflow)) == len([*rule.check(workflow)])
