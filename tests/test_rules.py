"""The examples of the rules are their documentation and their tests."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from admission.argo.workflow import Workflow
from admission.lint.rule import Rule
from admission.lint.rules import RULES
from admission.lint.rules.beyond import BEYOND
from admission.model.catalog import FrozenCatalog


def lines(node: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], int]:
    """The line of every place of a YAML document; of a key in a mapping its own line."""
    found: dict[tuple[str | int, ...], int] = {path: node.start_mark.line + 1} if not path else {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found |= lines(value, (*path, key.value))
            found[*path, key.value] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found[*path, index] = value.start_mark.line + 1
            found |= lines(value, (*path, index))
    return found


def marked(text: str) -> set[int]:
    """The lines on which an example says that something is to be found."""
    return {number for number, line in enumerate(text.splitlines(), 1) if "# finding" in line}


@pytest.mark.parametrize("which", ["good", "bad"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples(rule: Rule, which: str) -> None:
    """A rule finds the marked lines of its examples, and no others; documents after the first are in the catalog."""
    text = getattr(rule, which)
    places = lines(next(yaml.compose_all(text)))
    document, *others = yaml.safe_load_all(text)
    found = {places[tuple(finding.path)] for finding in rule(Workflow(document, FrozenCatalog.of(others)))}

    assert marked(text) == found
    assert bool(found) == (which == "bad")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_say_why(rule: Rule) -> None:
    """A rule says in one sentence what should be, and then why."""
    assert rule.title.endswith(".")
    assert "\n" not in rule.title
    assert rule.rationale.endswith((".", ".)"))


@pytest.mark.parametrize("rule", BEYOND, ids=lambda rule: rule.id)
def test_rules_of_ours_say_how_certain_they_are(rule: Rule) -> None:
    """A rule that Argo does not have says why it denies or warns."""
    assert "denied" in rule.rationale or "warning" in rule.rationale


def test_ids() -> None:
    """No two rules have one id."""
    ids = [rule.id for rule in RULES]

    assert len(set(ids)) == len(ids)
