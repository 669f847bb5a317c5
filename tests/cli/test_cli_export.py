"""``argo-admission export``."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from cli_manifests import Run

POLICY = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: named}
spec:
  allow: {serviceAccounts: [a]}
  validations: [{expression: "has(object.metadata.labels)", message: no labels}]
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: named}
spec: {policyName: named, validationActions: [Deny]}
"""


def test_yaml(run: Run, tmp_path: Path) -> None:
    """YAML for kubectl; what cannot be exported is said before it, and on standard error."""
    (tmp_path / "policy.yaml").write_text(POLICY)
    result = run("export", "--to", "vap", tmp_path)
    documents = list(yaml.safe_load_all(result.stdout))

    assert 0 == result.exit_code
    assert ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"] == [one["kind"] for one in documents]
    assert documents == json.loads(run("export", tmp_path, "-o", "json").stdout)["items"]
    assert result.stdout.startswith("# policy named, allow is not exported: ")
    assert result.stderr.startswith("argo-admission: policy named, allow is not exported: ")


def test_for_programs(run: Run, tmp_path: Path) -> None:
    """JSON has the documents, and what is not among them."""
    (tmp_path / "policy.yaml").write_text(POLICY)
    report = json.loads(run("export", tmp_path, "-o", "json").stdout)

    assert ("ExportReport", 2) == (report["kind"], len(report["items"]))
    assert [("named", "allow")] == [(each["policy"], each["part"]) for each in report["omitted"]]


def test_the_library(run: Run) -> None:
    """Without a path it is the library; a bundle is a part of it."""
    whole, bundle = run("export", "-o", "json"), run("export", "builtin/v4-migration", "-o", "json")
    items = json.loads(whole.stdout)["items"]

    assert all(one in items for one in json.loads(bundle.stdout)["items"])
    assert len(items) > 100


def test_no_policy(run: Run, tmp_path: Path) -> None:
    """A path without policies: exit status 2."""
    assert 2 == run("export", tmp_path).exit_code
