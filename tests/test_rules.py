"""The examples of the rules are their documentation and their tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from marks import lines_of, marked

from admission.argo.controller import decode_config
from admission.argo.workflow import Workflow
from admission.lint.page import page
from admission.lint.rule import Rule
from admission.lint.rules import RULES
from admission.lint.rules.beyond import BEYOND
from admission.lint.structure import STRUCTURE, duplicate_key
from admission.model.catalog import FrozenCatalog
from admission.model.source import read

PAGE = Path(__file__).parents[1] / "admission" / "lint" / "README.md"
CONTROLLER = "workflow-controller-configmap"
EVERY = (*RULES, *STRUCTURE)
#: Those that see an object; one sees its text.
OF_OBJECTS = tuple(rule for rule in EVERY if rule is not duplicate_key)


def catalog(documents: list[dict[str, Any]]) -> FrozenCatalog:
    """A catalog of *documents*; among them may be the configuration of the controller."""
    named = {each.get("metadata", {}).get("name"): each for each in documents if isinstance(each, dict)}
    return FrozenCatalog.of(documents, controller=decode_config(named.get(CONTROLLER, {}).get("data", {})))


@pytest.mark.parametrize("which", ["good", "bad"])
@pytest.mark.parametrize("rule", OF_OBJECTS, ids=lambda rule: rule.id)
def test_examples(rule: Rule, which: str) -> None:
    """A rule finds the marked lines of its examples, and no others; documents after the first are in the catalog."""
    text = getattr(rule, which)
    document, *others = yaml.safe_load_all(text)
    found = [finding.path for finding in rule(Workflow(document, catalog(others)))]

    assert marked(text) == lines_of(text, found)
    assert bool(found) == (which == "bad")


def test_repeated_keys() -> None:
    """A key that stands twice is found in the text, at the one that counts."""
    assert [] == [repeated for source in read(duplicate_key.good) for repeated in source.repeated]
    assert marked(duplicate_key.bad) == {
        repeated.last[0] for source in read(duplicate_key.bad) for repeated in source.repeated
    }


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.id)
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
    ids = [rule.id for rule in EVERY]

    assert len(set(ids)) == len(ids)


def test_the_page_is_what_the_rules_say() -> None:
    """admission/lint/README.md is made of the rules: ``python -m admission.lint.page admission/lint/README.md``."""
    assert page() == PAGE.read_text(encoding="utf-8")
