"""Argo's own controller behind the webhook: Workflows run, and what runs can be ended under any policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from talking import SOMEBODY, Cluster, binding, denied, manifest, policy, workflow
from waiting import until

from admission.cli.demo.process import Process
from admission.model.document import Document

pytestmark = pytest.mark.cluster


def waiting(name: str) -> Document:
    """A Workflow that waits for somebody, and then for a Pod."""
    templates = [
        {"name": "main", "steps": [[{"name": "wait", "template": "wait"}], [{"name": "run", "template": "run"}]]},
        {"name": "wait", "suspend": {}},
        {"name": "run", "container": {"image": "alpine:3.20", "command": ["true"]}},
    ]
    return manifest("Workflow", name, {"entrypoint": "main", "templates": templates})


@pytest.fixture(scope="module")
def started(argo_controller: Process, cluster: Cluster) -> Iterator[Cluster]:
    """Workflows that run since before a policy came that denies every one of them."""
    cluster.apply(*map(waiting, ("suspended", "stopped", "terminated", "deleted", "finished")), check=True)
    for name in ("suspended", "stopped", "terminated", "deleted", "finished"):
        until(lambda name=name: phase(cluster, name) == "Running")
    cluster.apply(policy("strict", "false", "nothing is allowed"), binding("strict"), check=True)
    until(lambda: denied(cluster.create(workflow("trial"), "--dry-run=server"), "strict"))
    yield cluster
    cluster.delete("wfpol,wfpolb", "strict")
    cluster.must("delete", "workflow", "--all")


def phase(cluster: Cluster, name: str) -> Any:
    return cluster.get("workflow", name).get("status", {}).get("phase")


def test_suspend_and_resume(started: Cluster) -> None:
    """A Workflow is suspended and goes on."""
    change = {"spec": {"suspend": True}}
    started.patch("workflow", "suspended", change, f"--as={SOMEBODY}", check=True)
    started.patch("workflow", "suspended", {"spec": {"suspend": None}}, f"--as={SOMEBODY}", check=True)

    assert "Running" == phase(started, "suspended")


@pytest.mark.parametrize(("name", "how"), [("stopped", "Stop"), ("terminated", "Terminate")])
def test_stop_and_terminate(started: Cluster, name: str, how: str) -> None:
    """The controller ends a Workflow that somebody has stopped, and may write so."""
    started.patch("workflow", name, {"spec": {"shutdown": how}}, f"--as={SOMEBODY}", check=True)

    until(lambda: phase(started, name) == "Failed")
    assert how in started.get("workflow", name)["status"]["message"]


def test_delete(started: Cluster) -> None:
    """A running Workflow can be deleted."""
    started.must("delete", "workflow", "deleted", f"--as={SOMEBODY}", "--timeout=20s")

    assert not started.has("workflow", "deleted")


def test_the_controller_goes_on(started: Cluster) -> None:
    """Resumed as ``argo resume`` does, a Workflow gets its Pod with the limits that were put in, and succeeds."""
    nodes = started.get("workflow", "finished")["status"]["nodes"]
    [wait] = [key for key, node in nodes.items() if node["type"] == "Suspend"]
    resumed = {"phase": "Succeeded", "finishedAt": "2026-01-01T00:00:00Z"}
    change = {"status": {"nodes": {wait: resumed}}}
    started.patch("workflow", "finished", change, f"--as={SOMEBODY}", check=True)
    selector = "workflows.argoproj.io/workflow=finished"
    until(lambda: started.must("get", "pods", "-l", selector, "-o", "name"))
    [pod] = started.must("get", "pods", "-l", selector, "-o", "name").split()
    limits = started.must("get", pod, "-o", "jsonpath={.spec.containers[?(@.name=='main')].resources.limits}")
    account = started.must("get", pod, "-o", "jsonpath={.spec.serviceAccountName}")
    started.must("patch", pod, "--subresource=status", "--type=merge", "-p", '{"status": {"phase": "Succeeded"}}')
    until(lambda: phase(started, "finished") == "Succeeded")

    assert ('{"cpu":"1","memory":"1Gi"}', "workflow") == (limits, account)
