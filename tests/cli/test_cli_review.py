"""``argo-admission review``: what the webhook would answer."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_manifests import GOOD, Run

POLICIES = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: limits}
spec:
  title: Every container has limits.
  target: Container
  mutations:
  - target: Container
    default: {resources: {limits: {memory: 1Gi}}}
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: limits}
spec: {policyName: limits, validationActions: [Deny]}
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: not-alice}
spec:
  title: Alice does not.
  target: Workflow
  validations:
  - {expression: "request.userInfo.username != 'alice'", message: not for alice}
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: not-alice}
spec: {policyName: not-alice, validationActions: [Deny]}
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A policy that writes limits, and one that denies what alice asks."""
    file = tmp_path / "policies.yaml"
    file.write_text(POLICIES)
    return file


def patch_of(response: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(response["patch"]))


def test_a_manifest_is_created(run: Run, good: Path) -> None:
    """A manifest is taken as a CREATE; allowed ends with exit status 0."""
    result = run("review", good)

    assert 0 == result.exit_code
    assert result.stdout.startswith("allowed: CREATE of Workflow default/good-\n")


def test_the_change_is_a_diff_with_its_reason(run: Run, good: Path, policies: Path) -> None:
    """A person reads what is stored instead, and which policy wants it."""
    result = run("review", good, "--policies", policies)
    changed = [line for line in result.stdout.splitlines() if line.endswith("# policy/limits")]

    assert 0 == result.exit_code
    assert ["+      resources:  # policy/limits"] == changed


def test_json_is_both_calls(run: Run, good: Path, policies: Path) -> None:
    """The AdmissionReview of /validate on what /mutate made, with the patch of /mutate in it."""
    review = json.loads(run("review", good, "--policies", policies, "-o", "json").stdout)

    assert ("admission.k8s.io/v1", "AdmissionReview") == (review["apiVersion"], review["kind"])
    assert review["response"]["allowed"]
    assert "/spec/templates/0/container/resources" in [operation["path"] for operation in patch_of(review["response"])]


def test_one_phase(run: Run, good: Path, policies: Path) -> None:
    """One phase is exactly what that endpoint sends."""
    mutated = json.loads(run("review", good, "--policies", policies, "--phase", "mutate").stdout)
    validated = json.loads(run("review", good, "--policies", policies, "--phase", "validate").stdout)

    assert patch_of(mutated["response"])
    assert "patch" not in validated["response"]


def test_who_asks(run: Run, good: Path, policies: Path) -> None:
    """Policies see who asks."""
    denied = run("review", good, "--policies", policies, "--as", "alice")

    assert 1 == denied.exit_code
    assert denied.stdout.startswith("denied: CREATE of Workflow default/good- by alice\n")
    assert "not for alice" in denied.stdout
    assert 0 == run("review", good, "--policies", policies, "--as", "bob").exit_code


def review_of(document: dict[str, Any], user: str) -> dict[str, Any]:
    return {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "abc",
            "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"},
            "resource": {"group": "argoproj.io", "version": "v1alpha1", "resource": "workflows"},
            "operation": "CREATE",
            "namespace": "ci",
            "userInfo": {"username": user},
            "object": document,
        },
    }


def test_an_admission_review(run: Run, policies: Path) -> None:
    """An AdmissionReview is answered as it is, with its uid; places are those in its own text."""
    document = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {"entrypoint": "m", "templates": [{"name": "m", "container": {"image": "a:1", "command": ["b"]}}]},
    }
    given = json.dumps(review_of(document, "alice"), indent=1)
    answered = json.loads(run("review", "--policies", policies, "-o", "json", input=given).stdout)
    shown = run("review", "--policies", policies, input=given).stdout

    assert ("abc", False) == (answered["response"]["uid"], answered["response"]["allowed"])
    assert "Workflow ci/w by alice" in shown
    line = given.splitlines().index('   "spec": {') + 1
    assert f"<stdin>:{line}:4 deny spec\n" in shown


def test_a_missing_old_object(run: Run, good: Path) -> None:
    """An UPDATE without the object as it is now cannot be asked about."""
    result = run("review", good, "--operation", "UPDATE")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "--old" in result.stderr


def test_an_update_that_changes_nothing(run: Run, good: Path, policies: Path) -> None:
    """An UPDATE that leaves everything as it is is allowed, whatever policies say today."""
    result = run("review", good, "--old", good, "--policies", policies, "--as", "alice")

    assert 0 == result.exit_code
    assert result.stdout.startswith("allowed: UPDATE of ")


@pytest.mark.parametrize(
    "text",
    ["", "a: [", "metadata: {name: a}\n", "kind: AdmissionReview\n"],
    ids=["nothing", "not YAML", "no kind", "no request"],
)
def test_what_cannot_be_reviewed(run: Run, text: str) -> None:
    """Nothing, or no AdmissionReview: exit status 2."""
    assert 2 == run("review", "-", input=text).exit_code


def test_other_documents_are_in_the_catalog(run: Run) -> None:
    """The first object is asked about, the others are there already."""
    template = GOOD.replace("kind: Workflow", "kind: WorkflowTemplate").replace("generateName: good-", "name: builds")
    head = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\n"
    workflow = f"{head}spec: {{workflowTemplateRef: {{name: builds}}}}\n"

    assert 0 == run("review", "-", input=f"{workflow}---\n{template}").exit_code
    assert 1 == run("review", "-", input=workflow).exit_code


REVIEW = {
    "apiVersion": "admission.k8s.io/v1",
    "kind": "AdmissionReview",
    "request": {
        "uid": "u",
        "operation": "CREATE",
        "namespace": "default",
        "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"},
        "userInfo": {"username": "bob"},
        "object": yaml.safe_load(GOOD),
    },
}


@pytest.mark.parametrize(("options", "expected"), [((), 0), (("--as", "alice"), 1)], ids=["as it says", "as alice"])
def test_a_review_as_somebody_else(run: Run, policies: Path, options: tuple[str, ...], expected: int) -> None:
    """--as counts for an AdmissionReview, too."""
    result = run("review", "--policies", policies, *options, input=json.dumps(REVIEW))

    assert expected == result.exit_code


def test_a_review_says_its_operation(run: Run) -> None:
    """What is only for manifests is refused, not passed over."""
    assert 2 == run("review", "--operation", "DELETE", input=json.dumps(REVIEW)).exit_code


@pytest.mark.parametrize(
    ("users", "expected"),
    [("", 1), ("[argo]", 1), ("[alice]", 0), ("[]", 0)],
    ids=["no --config", "argo", "her", "none"],
)
def test_a_status_that_alice_writes(run: Run, tmp_path: Path, users: str, expected: int) -> None:
    """It is denied, as by a webhook at work; one that is not told who its controller is only warns."""
    old, new, config = tmp_path / "old.yaml", tmp_path / "new.yaml", tmp_path / "config.yaml"
    old.write_text(GOOD)
    new.write_text(f"{GOOD}status: {{phase: Succeeded}}\n")
    config.write_text(
        "apiVersion: argo-admission.io/v1alpha1\nkind: AdmissionConfiguration\n"
        f"tls: {{certificate: a, key: b}}\ncontroller: {{users: {users}}}\n"
    )
    options = ("--config", config) if users else ()

    assert expected == run("review", new, "--old", old, "--as", "alice", *options).exit_code
