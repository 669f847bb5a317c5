"""The rules on templates that change or go: their examples, and how strict they are."""

from __future__ import annotations

import pytest
import yaml
from marks import lines_of, marked

from admission.argo.compare.change import Change
from admission.lint.changing import ALLOW, findings
from admission.lint.rule import Rule
from admission.lint.rules.guards import CHANGES
from admission.lint.rules.template_in_use import template_in_use
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.finding import Action

TEMPLATE = {"kind": "WorkflowTemplate", "metadata": {"name": "build"}, "spec": {"templates": [{"name": "main"}]}}
USER = {
    "kind": "CronWorkflow",
    "metadata": {"name": "c"},
    "spec": {"workflowSpec": {"workflowTemplateRef": {"name": "build"}}},
}


def change_of(document: Document, *others: Document, goes: bool = False) -> Change:
    before = document if goes else next((each for each in others if _name(each) == _name(document)), document)
    return Change(document, FrozenCatalog.of(others), before=before, goes=goes)


def _name(document: Document) -> tuple[str, str]:
    return document["kind"], document["metadata"]["name"]


@pytest.mark.parametrize("which", ["good", "bad"])
@pytest.mark.parametrize("rule", CHANGES, ids=lambda rule: rule.id)
def test_examples(rule: Rule, which: str) -> None:
    """A rule finds the marked lines of its examples; the second document is what was there before."""
    text = getattr(rule, which)
    document, *others = yaml.safe_load_all(text)
    found = [each.path for each in rule(change_of(document, *others, goes=rule is template_in_use))]

    assert marked(text) == lines_of(text, found)
    assert bool(found) == (which == "bad")


@pytest.mark.parametrize(
    ("asked", "annotations", "expected"),
    [
        ({}, {}, [Action.WARN]),
        ({"template-in-use": Action.DENY}, {}, [Action.DENY]),
        ({"template-in-use": None}, {}, []),
        ({"template-in-use": Action.DENY}, {ALLOW: "it moved to the team of platforms"}, [Action.AUDIT]),
        ({"template-in-use": Action.DENY}, {ALLOW: "  "}, [Action.DENY]),
        ({}, {"ignore.argo-admission.io/template-in-use": "nobody minds"}, []),
        ({"template-in-use": Action.DENY}, {"ignore.argo-admission.io/template-in-use": "nobody minds"}, [Action.DENY]),
    ],
    ids=[
        "by itself",
        "denied",
        "off",
        "allowed with a reason",
        "without a reason",
        "ignored",
        "a denial is not ignored",
    ],
)
def test_strictness(asked: dict[str, Action | None], annotations: dict[str, str], expected: list[Action]) -> None:
    """Used templates warn when they go; a binding denies it, and a reason of the author lets it through, recorded."""
    document = {**TEMPLATE, "metadata": {"name": "build", "annotations": annotations}}
    found = list(findings(change_of(document, USER, goes=True), asked))

    assert expected == [each.action for each in found]
    assert all(("it moved" in each.message) == (each.action is Action.AUDIT) for each in found)


def test_pinned_content() -> None:
    """Who has pinned other content will be refused: that breaks them whatever changed."""
    wanted = {"argo-admission.io/pins": '{"namespaced/build": "sha256:old"}'}
    user = {**USER, "metadata": {"name": "c", "annotations": wanted}}
    catalog = FrozenCatalog.of([user])
    change = Change(TEMPLATE, catalog, before=TEMPLATE, digest="sha256:new")
    [finding] = findings(change, {})

    assert ("lint/breaking-change", Action.WARN) == (finding.source, finding.action)
    assert "other content of it is pinned; 1 object uses it: CronWorkflow c" == finding.message
    assert [] == list(findings(Change(TEMPLATE, catalog, before=TEMPLATE, digest="sha256:old"), {}))


def test_nothing_is_said_of_other_kinds() -> None:
    """Only templates have users."""
    document = {"kind": "Workflow", "metadata": {"name": "w"}, "spec": {"templates": []}}

    assert [] == list(findings(change_of(document, document, goes=True), {}))
