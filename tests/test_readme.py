"""What the first part of README.md shows is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from admission.policy.resource import PolicySet

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_denial() -> None:
    """The denied ``kubectl apply`` is the one that real kubectl has printed (tests/e2e)."""
    assert (ROOT / "tests/e2e/golden/forbidden.txt").read_text() in README


def test_the_policy() -> None:
    """The policy that is shown can be used as it stands."""
    [text] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    loaded = PolicySet.load(list(yaml.safe_load_all(text)))

    assert ["no-latest"] == [*loaded.policies]
    assert not loaded.problems


def test_where_it_leads() -> None:
    """Every page that is referred to is there."""
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert links
    assert not [link for link in links if not link.startswith("http") and not (ROOT / link).exists()]


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_commands(target: str) -> None:
    """The commands of the README are targets of the Makefile."""
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
