"""UPDATEs of a Workflow that runs, under policies that its spec no longer meets (interfaces.md 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from talking import CONTROLLER, SOMEBODY, SYSTEM, Cluster, binding, denied, outcome, policy, workflow
from waiting import until

from admission.model.document import Document

pytestmark = pytest.mark.cluster

OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "00000000-0000-0000-0000-000000000001"}
GONE = None


@pytest.fixture(scope="module")
def running(cluster: Cluster) -> Iterator[Cluster]:
    """A Workflow that runs, and one that has failed; since they were created nothing is allowed any more."""
    metadata = {"finalizers": ["example.com/mine"], "labels": {"team": "a"}}
    cluster.apply(workflow("running", metadata=metadata), workflow("failed"), check=True)
    node = {"id": "running", "name": "running", "type": "Pod", "phase": "Running"}
    status = {"phase": "Running", "nodes": {"running": node}, "storedTemplates": {"x": {"name": "x"}}}
    begun = {"metadata": {"labels": {"workflows.argoproj.io/phase": "Running"}}, "status": status}
    labels = {"workflows.argoproj.io/phase": "Failed", "workflows.argoproj.io/completed": "true"}
    ended = {"metadata": {"labels": labels}, "status": {"phase": "Failed", "nodes": {}}}
    cluster.patch("workflow", "running", begun, f"--as={CONTROLLER}", check=True)
    cluster.patch("workflow", "failed", ended, f"--as={CONTROLLER}", check=True)
    cluster.apply(policy("strict", "false", "nothing is allowed"), binding("strict"), check=True)
    until(lambda: denied(cluster.create(workflow("trial"), "--dry-run=server"), "strict"))
    yield cluster
    cluster.delete("wfpol,wfpolb", "strict")
    cluster.patch("workflow", "running", {"metadata": {"finalizers": GONE}}, check=True)
    cluster.delete("workflow", "running", "failed")


@pytest.mark.parametrize(
    ("name", "user", "change", "expected"),
    [
        ("running", SOMEBODY, {"metadata": {"labels": {"team": "b"}}}, "allowed"),
        ("running", SOMEBODY, {"status": {"progress": "1/1"}}, "allowed"),
        ("running", SOMEBODY, {"spec": {"suspend": True}}, "allowed"),
        ("running", SOMEBODY, {"spec": {"shutdown": "Stop"}}, "allowed"),
        ("running", SOMEBODY, {"spec": {"shutdown": "Terminate"}}, "allowed"),
        ("running", SOMEBODY, {"spec": {"activeDeadlineSeconds": 0}}, "allowed"),
        ("running", SOMEBODY, {"spec": {"parallelism": 1, "priority": 3}}, "allowed"),
        ("running", SOMEBODY, {"status": {"nodes": {"running": {"phase": "Succeeded"}}}}, "allowed"),
        ("running", SOMEBODY, {"metadata": {"finalizers": GONE}}, "allowed"),
        (
            "failed",
            SOMEBODY,
            {
                "metadata": {"labels": {f"{SYSTEM}/completed": GONE, f"{SYSTEM}/phase": "Running"}},
                "status": {"phase": "Running", "nodes": GONE},
            },
            "allowed",
        ),
        ("running", SOMEBODY, {"spec": {"entrypoint": "main", "activeDeadlineSeconds": 9}}, "policy/strict"),
        ("running", SOMEBODY, {"spec": {"serviceAccountName": "builder"}}, "policy/strict"),
        ("running", SOMEBODY, {"spec": {"suspend": True, "hostNetwork": True}}, "policy/strict"),
        ("running", SOMEBODY, {"status": {"storedTemplates": {"x": {"name": "y"}}}}, "update/system"),
        ("running", SOMEBODY, {"status": {"phase": "Succeeded"}}, "update/system"),
        ("running", SOMEBODY, {"metadata": {"labels": {f"{SYSTEM}/completed": "true"}}}, "update/system"),
        ("running", SOMEBODY, {"metadata": {"ownerReferences": [OWNER]}}, "update/system"),
        ("running", SOMEBODY, {"metadata": {"finalizers": ["example.com/more"]}}, "update/system"),
        (
            "running",
            SOMEBODY,
            {"metadata": {"annotations": {"argo-admission.io/expanded-from": "[]"}}},
            "update/system",
        ),
        ("running", CONTROLLER, {"status": {"storedTemplates": {"x": {"name": "y"}}}}, "allowed"),
        ("running", CONTROLLER, {"spec": {"serviceAccountName": "builder"}}, "allowed"),
    ],
    ids=[
        "a label of users",
        "status that decides nothing",
        "suspend",
        "stop",
        "terminate",
        "terminate of old",
        "parallelism and priority",
        "results of nodes, as argo set writes them",
        "a finalizer removed",
        "a retry",
        "a deadline",
        "a service account",
        "suspend and more",
        "stored templates",
        "phase",
        "a system label",
        "an owner",
        "a finalizer added",
        "what it was made of",
        "stored templates by the controller",
        "spec by the controller",
    ],
)
def test_updates_of_a_workflow(running: Cluster, name: str, user: str, change: Document, expected: str) -> None:
    """What stops, finishes or frees a Workflow is let through whatever policies say today; the rest is judged."""
    assert expected == outcome(running.patch("workflow", name, change, f"--as={user}", "--dry-run=server"))
