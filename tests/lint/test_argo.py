"""
What Argo's validator takes and refuses, in its corners: the cases of ``argo.yaml``; and what the rules beyond it say of
what it takes: ``beyond.yaml``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from admission.argo.workflow import Workflow
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action
from admission.model.settings import Profile

CASES, BEYOND = (
    yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8")) for name in ("argo.yaml", "beyond.yaml")
)

#: Templates that a case may call without having them: see ``argo.yaml``.
TEMPLATES = {
    "leaf": {"inputs": {"parameters": [{"name": "m", "default": "d"}]}, "container": {"image": "a"}},
    "needs": {"inputs": {"parameters": [{"name": "m"}]}, "container": {"image": "a"}},
    "gen": {
        "script": {"image": "a", "command": ["sh"], "source": "x"},
        "outputs": {"parameters": [{"name": "o", "valueFrom": {"path": "/o"}}]},
    },
    "file": {"inputs": {"artifacts": [{"name": "f", "path": "/f"}]}, "container": {"image": "a"}},
}


def document(case: dict[str, Any]) -> dict[str, Any]:
    """The object of a case, with the templates that it calls."""
    metadata = {key: case[key] for key in ("name", "generateName", "labels") if key in case}
    made = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": case.get("kind", "Workflow"),
        "metadata": {"generateName": "a-", **metadata},
        "spec": case["spec"],
        **({"status": case["status"]} if "status" in case else {}),
    }
    spec = Workflow(made).spec
    own = spec.get("templates", [])
    called = [{"name": name, **body} for name, body in TEMPLATES.items() if f"'{name}'" in str(case["spec"])]
    if "workflowTemplateRef" in spec:
        return made
    spec["templates"] = own + [each for each in called if each["name"] not in [mine.get("name") for mine in own]]
    return made


@pytest.mark.parametrize("version", ["4.0", "4.1"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"].replace(" ", "-"))
def test_case(case: dict[str, Any], version: str) -> None:
    """Argo refuses the object for those reasons, and for no other."""
    made = document(case)
    catalog = FrozenCatalog.of([*case.get("context", ()), made])
    findings = lint(made, catalog, LintOptions(profile=Profile.ARGO, argo_version=version))
    refused = {finding.source.removeprefix("lint/") for finding in findings if finding.action is Action.DENY}
    expected = case.get("refused", [])

    assert set(case.get("old", expected) if version == "4.0" else expected) == refused


@pytest.mark.parametrize("case", BEYOND, ids=lambda case: case["about"].replace(" ", "-"))
def test_beyond(case: dict[str, Any]) -> None:
    """Argo's validator takes the object, and our rules say what is wrong with it, and nothing else."""
    made = document(case)
    taken = lint(made, FrozenCatalog.of([made]), LintOptions(profile=Profile.ARGO))
    found = lint(made, FrozenCatalog.of([made]), LintOptions())

    assert [] == taken
    assert case["found"] == {finding.source.removeprefix("lint/"): finding.action.value for finding in found}
