"""``argo-admission test``: cases of policies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_manifests import GOOD, Run

POLICY = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: named}
spec:
  title: A Workflow has a team.
  target: Workflow
  validations:
  - {expression: "has(object.metadata.labels) && 'team' in object.metadata.labels", message: no team}
"""
BINDING = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: named}
spec: {policyName: named, validationActions: [Deny]}
"""

MARKED = GOOD.replace("spec:", "spec:  # finding")
MARKED_ELSEWHERE = GOOD.replace("kind: Workflow", "kind: Workflow  # finding")
WITH = GOOD.replace("{generateName: good-}", "{generateName: good-, labels: {team: a}}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy with two cases that pass."""
    cases = tmp_path / "named" / "cases"
    cases.mkdir(parents=True)
    (tmp_path / "named" / "policy.yaml").write_text(POLICY)
    (tmp_path / "named" / "binding.yaml").write_text(BINDING)
    (cases / "allow-team.yaml").write_text(WITH)
    (cases / "deny-no-team.yaml").write_text(MARKED)
    return tmp_path


def test_cases_that_pass(run: Run, folder: Path) -> None:
    """A line a policy, and exit status 0."""
    result = run("test", folder)

    assert (0, "✓ named  2 cases\n\n1 policy, 2 cases, none failed\n") == (result.exit_code, result.stdout)


def test_a_case_that_fails(run: Run, folder: Path) -> None:
    """A case that fails ends with exit status 1 and says how it differs."""
    (folder / "named" / "cases" / "deny-wrong.yaml").write_text(WITH)
    result = run("test", folder)

    assert 1 == result.exit_code
    assert "✗ named  3 cases, 1 failed\n" in result.stdout
    assert "deny-wrong.yaml\n" in result.stdout


def test_where_cases_are(run: Run, folder: Path) -> None:
    """Cases that name no namespace are in the given one; where no binding is about that, the failure says so."""
    bound = BINDING.replace("[Deny]", "[Deny], matchResources: {namespaces: ['team-*']}")
    (folder / "named" / "binding.yaml").write_text(bound)
    result = run("test", folder)

    assert 0 == run("test", folder, "--namespace", "team-a").exit_code
    assert 1 == result.exit_code
    assert "no binding concerns a Workflow in the namespace 'default'\n" in result.stdout


def test_a_mark_on_the_wrong_line(run: Run, folder: Path) -> None:
    """A finding on another line than the marked one fails the case."""
    (folder / "named" / "cases" / "deny-no-team.yaml").write_text(MARKED_ELSEWHERE)

    assert 1 == run("test", folder).exit_code


def test_a_mutation_that_is_another(run: Run, folder: Path) -> None:
    """The difference is shown."""
    cases = folder / "named" / "cases"
    (cases / "mutate-x.yaml").write_text(WITH)
    (cases / "mutate-x.after.yaml").write_text(WITH.replace("alpine:3.20", "alpine:3.21"))
    result = run("test", folder)

    assert 1 == result.exit_code
    assert "-      image: alpine:3.21" in result.stdout.replace("      -", "-")


def test_for_programs(run: Run, folder: Path) -> None:
    """The other formats have a case as an object."""
    report = json.loads(run("test", folder, "-o", "json").stdout)

    assert {"objects": 2, "denied": 0, "warned": 0} == report["summary"]


@pytest.mark.parametrize("name", ["nowhere", "."], ids=["no folder", "no cases"])
def test_nothing_to_test(run: Run, tmp_path: Path, name: str) -> None:
    """A folder that is not there or has no cases: exit status 2."""
    assert 2 == run("test", tmp_path / name).exit_code


def test_a_name_without_a_verdict(run: Run, folder: Path) -> None:
    """A case whose name says no verdict: exit status 2."""
    (folder / "named" / "cases" / "perhaps.yaml").write_text(WITH)
    result = run("test", folder)

    assert 2 == result.exit_code
    assert "perhaps.yaml" in result.stderr


def test_coverage(run: Run, folder: Path) -> None:
    """With --coverage it says what no case would miss."""
    more = '  - {expression: "true", message: never}\n'
    (folder / "named" / "policy.yaml").write_text(POLICY + more)
    result = run("test", folder, "--coverage")

    assert 0 == result.exit_code
    assert ["  ! no case would miss named: validations[1]"] == [
        line for line in result.stdout.splitlines() if "miss" in line
    ]


@pytest.mark.parametrize(
    ("more", "unnoticed"),
    [
        ("", []),
        ('  - {expression: "true", message: never}\n', ["validations[1] left out"]),
        ('  - {expression: "has(object.spec)", message: never}\n', ["validations[1] left out"]),
        ('  matchConditions: [{name: always, expression: "true"}]\n', []),
        ("  mutations: [{target: Workflow, default: {spec: {suspend: false}}}]\n", ["mutations[0] left out"]),
    ],
    ids=["all is noticed", "never false", "never false of these", "a condition", "a mutation"],
)
def test_mutate(run: Run, folder: Path, more: str, unnoticed: list[str]) -> None:
    """With --mutate it says which mistake in the policy no case would notice; with --fail-on warn that is a failure."""
    (folder / "named" / "policy.yaml").write_text(POLICY + more)
    result = run("test", folder, "--mutate", "--fail-on", "warn")

    assert [f"  ! no case notices named: {what}" for what in unnoticed] == result.stdout.splitlines()[1:-2]
    assert bool(unnoticed) == result.exit_code


def test_the_library(run: Run) -> None:
    """The policies that come with us pass their cases through the whole engine, which notice every mistake in them."""
    result = run("test", "builtin", "--mutate", "--fail-on", "warn")

    assert (0, "") == (result.exit_code, result.stderr)


def test_a_bundle(run: Run) -> None:
    """A part of the library by its name; another name is a mistake, and it is said which there are."""
    one, none = run("test", "builtin/v4-migration"), run("test", "builtin/v3")

    assert ["✓ v4-pod-priority", "✓ v4-schedules"] == [line[:18].rstrip() for line in one.stdout.splitlines()[:2]]
    assert (2, True) == (none.exit_code, "baseline, cost" in none.stderr)
