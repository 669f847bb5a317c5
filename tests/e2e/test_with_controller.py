"""The same manifest applied again, once Argo's own controller has worked on what was stored: nothing changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from equivalence.playing import Player
from talking import NAMESPACE, Cluster, manifest, reference, template, workflow
from waiting import until

from admission.cli.demo.process import Process
from admission.cluster.client import Client
from admission.model.document import Document

pytestmark = pytest.mark.cluster

BUILD = {
    **template("again-build"),
    "spec": {
        "entrypoint": "main",
        "arguments": {"parameters": [{"name": "who", "value": "world"}]},
        "templates": [
            {"name": "main", "steps": [[{"name": "s", "template": "leaf"}]]},
            {"name": "leaf", "container": {"image": "alpine:3.20", "command": ["echo", "{{workflow.parameters.who}}"]}},
        ],
    },
}
LEAF = {"templateRef": {"name": "again-build", "template": "leaf"}}

WORKFLOWS: dict[str, Document] = {
    "all of a template": reference(
        "again-all", "again-build", arguments={"parameters": [{"name": "who", "value": "{{workflow.name}}"}]}
    ),
    "one template, and a hook": manifest(
        "Workflow",
        "again-one",
        {
            "entrypoint": "main",
            "arguments": {"parameters": [{"name": "who", "value": "me"}]},
            "podMetadata": {"labels": {"of": "{{workflow.name}}"}},
            "hooks": {"exit": LEAF},
            "templates": [{"name": "main", "steps": [[{"name": "s", **LEAF}]]}],
        },
    ),
    "no reference": workflow("again-plain", podGC={"strategy": "OnWorkflowSuccess"}),
}


@pytest.fixture(scope="module")
def worked_on(cluster: Cluster, argo_controller: Process) -> Iterator[Cluster]:
    """Every Workflow was applied, and run to its end."""
    for account in ("workflow", "default"):
        cluster.kubectl("create", "serviceaccount", account)
    cluster.apply(BUILD, check=True)
    until(lambda: "leaf" in cluster.create(WORKFLOWS["all of a template"], "--dry-run=server", "-o", "json").stdout)
    client = Client.connect(str(cluster.plane.kubeconfig))
    with Player(client, [NAMESPACE]):
        for document in WORKFLOWS.values():
            cluster.apply(document, check=True)
        for document in WORKFLOWS.values():
            name = document["metadata"]["name"]
            until(lambda name=name: cluster.get("workflow", name).get("status", {}).get("phase") == "Succeeded")
    yield cluster
    cluster.delete("workflow", *(document["metadata"]["name"] for document in WORKFLOWS.values()))
    cluster.delete("workflowtemplate", "again-build")


@pytest.mark.parametrize("way", [(), ("--server-side", "--force-conflicts")], ids=["client-side", "server-side"])
@pytest.mark.parametrize("title", WORKFLOWS)
def test_a_second_apply_changes_nothing(worked_on: Cluster, title: str, way: tuple[str, ...]) -> None:
    """Defaults that were merged, variables that were put in, labels and status: all of it stays."""
    document = WORKFLOWS[title]
    name = document["metadata"]["name"]
    before = worked_on.get("workflow", name)
    done = worked_on.kubectl("apply", *way, "-f", "-", input=json.dumps(document))
    after = worked_on.get("workflow", name)

    assert 0 == done.returncode, done.stderr
    assert before["spec"] == after["spec"]
    assert before["metadata"]["labels"] == after["metadata"]["labels"]
    assert before["status"] == after["status"]
    assert "templates" in after["spec"]
