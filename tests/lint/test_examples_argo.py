"""The examples of Argo's own rules are their tests."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from admission.argo.workflow import Workflow
from admission.lint.rule import Rule
from admission.lint.rules import ARGO


def lines(node: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], int]:
    """The line of every place of a YAML document; of a key in a mapping its own line."""
    found: dict[tuple[str | int, ...], int] = {}
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
@pytest.mark.parametrize("rule", ARGO, ids=lambda rule: rule.id)
def test_examples(rule: Rule, which: str) -> None:
    """A rule finds the marked lines of its examples, and no others."""
    text = getattr(rule, which)
    places = lines(yaml.compose(text))
    found = {places[tuple(finding.path)] for finding in rule(Workflow(yaml.safe_load(text)))}

    assert marked(text) == found
    assert bool(found) == (which == "bad")


@pytest.mark.parametrize("rule", ARGO, ids=lambda rule: rule.id)
def test_rules_say_why(rule: Rule) -> None:
    """A rule says in one sentence what should be, and then why."""
    assert rule.title.endswith(".")
    assert rule.rationale.endswith(".")
