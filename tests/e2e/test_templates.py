"""Templates as an API, through the real API server: pinned, signed, held to contracts, protected for their users."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from talking import Cluster, binding, manifest, reference, template
from waiting import until

from admission.cli.main import main
from admission.model.document import Document
from admission.trust.digest import digest
from admission.trust.signatures import sign, signed

pytestmark = pytest.mark.cluster

KEY = ed25519.Ed25519PrivateKey.generate()


def noted(document: Document, **annotations: Any) -> Document:
    """*document* with annotations of ours."""
    said = {
        f"argo-admission.io/{key}": each if isinstance(each, str) else json.dumps(each)
        for key, each in annotations.items()
    }
    return {**document, "metadata": {**document["metadata"], "annotations": said}}


def refused(done: Any, why: str) -> bool:
    return done.returncode != 0 and why in done.stderr


def seen(cluster: Cluster, *documents: Document) -> None:
    """Apply templates, and wait until the webhook writes them out."""
    cluster.apply(*documents, check=True)
    for document in documents:
        name = document["metadata"]["name"]
        trial = manifest("Workflow", f"trial-{name}", {"workflowTemplateRef": {"name": name}})
        until(lambda trial=trial: "templates" in cluster.create(trial, "--dry-run=server", "-o", "json").stdout)


def test_pins(cluster: Cluster) -> None:
    """Other content than was pinned is refused before the reference is written out."""
    seen(cluster, template("pinned"))
    now = digest(cluster.get("workflowtemplate", "pinned"))
    good = cluster.create(noted(reference("as-pinned", "pinned"), pins={"namespaced/pinned": now}))
    bad = cluster.create(noted(reference("not-as-pinned", "pinned"), pins={"namespaced/pinned": "sha256:" + "0" * 64}))
    cluster.delete("workflow", "as-pinned")
    cluster.delete("workflowtemplate", "pinned")

    assert 0 == good.returncode, good.stderr
    assert "has pinned" in bad.stderr
    assert now in bad.stderr


def test_contracts(cluster: Cluster) -> None:
    """What the author of a template forbids its callers is refused, with the place."""
    spec = {**template("x")["spec"], "arguments": {"parameters": [{"name": "n", "value": "1"}]}}
    seen(cluster, noted(manifest("WorkflowTemplate", "strict", spec), parameters={"n": {"maximum": 3}}))
    good, bad = (
        cluster.create(
            reference(f"n-{value}", "strict", arguments={"parameters": [{"name": "n", "value": value}]}),
            "--dry-run=server",
        )
        for value in ("2", "9")
    )
    cluster.delete("workflowtemplate", "strict")

    assert 0 == good.returncode, good.stderr
    assert "'9' is more than 3" in bad.stderr


def test_used_templates_are_protected(cluster: Cluster) -> None:
    """Real kubectl is warned with the users named, and denied where a binding wants it; a reason lets it through."""
    runs = {"workflowTemplateRef": {"name": "used"}}
    used = manifest("CronWorkflow", "nightly", {"schedules": ["0 0 * * *"], "suspend": True, "workflowSpec": runs})
    seen(cluster, template("used"))
    cluster.apply(used, check=True)
    until(
        lambda: (
            "CronWorkflow nightly" in cluster.kubectl("delete", "workflowtemplate", "used", "--dry-run=server").stderr
        )
    )
    warned = cluster.kubectl("delete", "workflowtemplate", "used", "--dry-run=server")
    broken = template("used")
    broken["spec"]["arguments"] = {"parameters": [{"name": "region"}]}
    changed = cluster.apply(broken, "--dry-run=server")
    strict = binding("protect", "Deny")
    strict["spec"]["policyName"] = "lint/template-in-use"
    cluster.apply(strict, check=True)
    until(lambda: refused(cluster.kubectl("delete", "workflowtemplate", "used", "--dry-run=server"), "nightly"))
    cluster.apply(noted(template("used"), **{"allow-breaking-change": "it moved"}), check=True)
    gone = cluster.kubectl("delete", "workflowtemplate", "used")
    cluster.delete("wfpolb", "protect")
    cluster.delete("cronworkflow", "nightly")

    assert 0 == warned.returncode
    assert "1 object uses it: CronWorkflow nightly" in warned.stderr
    assert "the parameter 'region' is new and has no default" in changed.stderr
    assert 0 == gone.returncode, gone.stderr


def test_signatures(cluster: Cluster) -> None:
    """A policy lets only signed templates run; a signature stays good through the API server."""
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    demand = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicy",
        "metadata": {"name": "signed"},
        "spec": {
            "title": "Templates are signed.",
            "kinds": ["Workflow"],
            "signatures": {"keys": {"release": public.decode()}},
        },
    }
    plain, by_us = template("plain"), template("by-us")
    seen(cluster, plain, signed(by_us, [sign(by_us, KEY, "release")]))
    cluster.apply(demand, binding("signed"), check=True)
    until(lambda: refused(cluster.create(reference("r", "plain"), "--dry-run=server"), "is not signed by release"))
    good = cluster.create(reference("r", "by-us"), "--dry-run=server")
    cluster.delete("wfpol,wfpolb", "signed")
    cluster.delete("workflowtemplate", "plain", "by-us")

    assert 0 == good.returncode, good.stderr


def test_what_differs_from_its_template(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """``expand --check --cluster`` names what is stored and is not what its template says by now."""
    seen(cluster, template("moving"))
    cluster.create(reference("stays", "moving"), check=True)
    monkeypatch.setenv("KUBECONFIG", str(cluster.plane.kubeconfig))
    same = CliRunner().invoke(main, ["expand", "--check", "--cluster"])
    cluster.apply(template("moving", "alpine:3.21"), check=True)
    other = CliRunner().invoke(main, ["expand", "--check", "--cluster"])
    cluster.delete("workflow", "stays")
    cluster.delete("workflowtemplate", "moving")

    assert "moving" not in same.stdout
    assert 1 == other.exit_code
    assert "WorkflowTemplate 'moving' is another today" in other.stdout
    assert "workflow/demo/stays" in other.stdout
