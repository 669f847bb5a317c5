"""
With Argo's own controller: a Workflow whose references were written out runs as the one with references.

By itself a handful of Workflows that were made for this; ``make equivalence`` takes fifty that were made up, and those
of Argo's own files, where they are at hand.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from conftest import Case, Seen, Twice

pytestmark = pytest.mark.cluster

CASES = Path(__file__).parent / "cases"


def made_for_this() -> list[Case]:
    found = []
    for file in sorted(CASES.glob("*.yaml")):
        workflow, *templates = yaml.safe_load_all(file.read_text(encoding="utf-8"))
        found.append(Case(file.stem, workflow, tuple(templates)))
    return found


def cases() -> list[Case]:
    """Those made for this; more with ``EQUIVALENCE=all``, or those of which it has the names."""
    chosen = os.environ.get("EQUIVALENCE", "")
    if not chosen:
        return made_for_this()
    from more import made_up, of_argo

    every = [*made_for_this(), *made_up(50), *of_argo()]
    return every if chosen == "all" else [case for case in every if case.name in chosen.split(",")]


ALL = cases()


@pytest.fixture(scope="module")
def outcomes(twice: Twice) -> dict[str, tuple[Seen, Seen]]:
    """What became of all cases, run side by side."""
    return twice.run(ALL, seconds=60 if len(ALL) < 20 else 400)


@pytest.mark.parametrize("name", [case.name for case in ALL])
def test_it_runs_as_before(outcomes: dict[str, tuple[Seen, Seen]], name: str) -> None:
    """The same phase, outputs and tree of nodes, and the same Pods, but for what names templates."""
    original, expanded = outcomes[name]

    assert original.status == expanded.status
    assert original.pods == expanded.pods


@pytest.mark.parametrize("name", [case.name for case in made_for_this() if case in ALL])
def test_cases_come_to_an_end(outcomes: dict[str, tuple[Seen, Seen]], name: str) -> None:
    """Those made for this run Pods and end, so that there is something to compare."""
    original, _ = outcomes[name]

    assert original.status["phase"] == ("Failed" if name == "failures" else "Succeeded"), original.status["message"]
    assert len(original.pods) > 1
