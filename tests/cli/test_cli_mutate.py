"""``--mutate`` of lint, expand and pods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_manifests import GOOD, Run

LIMITS = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: limits}
spec:
  target: Container
  validations: [{expression: has(object.resources), message: there are no limits}]
  mutations:
  - target: Container
    default: {resources: {limits: {cpu: "1"}}}
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: limits}
spec: {policyName: limits, validationActions: [Deny]}
"""

CASE = json.dumps({"id": 1, "docs": [GOOD]})

mutate = pytest.mark.parametrize(
    ("flags", "expected"), [(["--mutate"], {"cpu": "1"}), ([], None)], ids=["with", "without"]
)


@pytest.fixture
def policies(tmp_path: Path) -> tuple[str, Path]:
    """The option with a policy that asks for limits, and puts them in."""
    file = tmp_path / "policies.yaml"
    file.write_text(LIMITS)
    return "--policies", file


def limits(container: dict[str, Any]) -> Any:
    return container.get("resources", {}).get("limits")


@mutate
def test_lint(run: Run, good: Path, policies: tuple[str, Path], flags: list[str], expected: object) -> None:
    """A policy that would put in what it asks for is content with it, or else denies what lacks it."""
    assert (0 if expected else 1) == run("lint", good, *policies, *flags).exit_code


@mutate
def test_expand(run: Run, good: Path, policies: tuple[str, Path], flags: list[str], expected: object) -> None:
    """Only where it is asked for, policies change what is written out."""
    (found,) = json.loads(run("expand", good, *policies, *flags, "-o", "json").stdout)["items"]
    case = json.loads(run("expand", "--cases", "-", *policies, *flags, input=CASE).stdout)

    assert [expected, expected] == [limits(each["spec"]["templates"][0]["container"]) for each in (found, case)]
    assert bool(expected) == bool(case["annotations"])


@mutate
def test_pods(run: Run, good: Path, policies: tuple[str, Path], flags: list[str], expected: object) -> None:
    """The pods are those of the Workflow as the webhook would store it, or as it is."""
    found = json.loads(run("pods", good, *policies, *flags, "-o", "json").stdout)
    case = json.loads(run("pods", "--cases", "-", *policies, *flags, input=CASE).stdout)

    assert [expected, expected] == [limits(each["items"][0]["pod"]["spec"]["containers"][1]) for each in (found, case)]
