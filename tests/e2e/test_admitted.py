"""
A namespace with a quota on limits and Pod Security ``restricted`` takes every pod of Workflows that got our defaults.

With Argo's own controller, and the webhook as a process of its own. By itself Workflows that were made for this; ``make
admitted`` also takes Argo's own files, where they are at hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from admitting import HELPED, UNHELPED, Corpus, Outcome, Quiet, Runs, configured, prepared, released
from corpus import ARGO

from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process
from admission.cli.demo.webhook import Webhook
from admission.cluster.client import Client
from admission.model.document import Document

pytestmark = pytest.mark.cluster

OURS: dict[str, Document] = yaml.safe_load((Path(__file__).parent / "admitted.yaml").read_text())

ALL = os.environ.get("ADMITTED") == "all" and ARGO.exists()

#: What our Workflows refer to.
BUILDS = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {"name": "builds"},
    "spec": {
        "entrypoint": "build",
        "templates": [{"name": "build", "container": {"image": "alpine", "command": ["x"]}}],
    },
}

SECURE = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}

#: Workflows of a namespace without our defaults, and what the API server says of their pods.
WITHOUT = {
    "nothing-said": (OURS["container"]["spec"], 'violates PodSecurity "restricted'),
    "no-limits": (
        {
            "entrypoint": "main",
            "templates": [
                {"name": "main", "container": {"image": "alpine", "command": ["x"], "securityContext": SECURE}}
            ],
        },
        "must specify limits.cpu for: main",
    ),
}


#: Workflows of Argo's files whose pods are refused, and what their authors have chosen.
CHOSEN = {
    "sidecar-dind-0": "a sidecar is privileged: Docker in Docker",
    "empty-template-steps-0": "a PriorityClass that this cluster does not have",
}

#: So many Workflows of Argo's files have pods here; others lack a database, a plugin or a repository.
LEAST = 170

#: Workflows of Argo's files that are denied before there are any pods.
DENIED = {
    "fun-with-gifs-0": "by the API server itself: a label ends with a dash",
    "empty-parameter-steps-0": "an argument is missing; Argo refuses it, too",
    "misreference-template-name-0": "there is no such template; Argo refuses it, too",
    "invalid-spec-0": "there is no such entrypoint; Argo refuses it, too",
    "malformed-spec-0": "the entrypoint is no text; Argo refuses it, too",
    "convert-legacy-sync-0": "it has fields that 4.0 has no more",
    "wellformed-workflow-with-malformed-workflow-template-ref-0": "a template has no name; Argo refuses it, too",
}


@pytest.fixture(scope="module")
def client(plane: ControlPlane, argo_controller: Process, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """An administrator's, of a cluster with both namespaces, the controller, and the webhook."""
    plane.apply(*definitions())
    corpus = Corpus.read() if ALL else Corpus({}, (), frozenset())
    prepared(plane, BUILDS, *corpus.around)
    controller = {"users": ["system:serviceaccount:argo:argo"], "version": "4.0"}
    with (
        configured(plane, argo_controller, corpus.images),
        Webhook(plane, tmp_path_factory.mktemp("webhook"), controller=controller),
    ):
        yield Client.connect(str(plane.kubeconfig))
    plane.kubectl("delete", "workflowpolicies,workflowpolicybindings,clusterworkflowtemplates", "--all")
    released(Client.connect(str(plane.kubeconfig)), HELPED)
    plane.kubectl("delete", "namespace", HELPED, UNHELPED, "--wait=false")


@pytest.fixture(scope="module")
def ours(client: Client) -> dict[str, Outcome]:
    """What became of the Workflows that were made for this."""
    quiet = Quiet(2)

    def settled(outcomes: Mapping[str, Outcome]) -> bool:
        some_lack = any(len(outcomes[name].pods) < each["pods"] for name, each in OURS.items())
        return quiet(outcomes) and not some_lack

    return Runs(client, HELPED).run({name: {"spec": each["spec"]} for name, each in OURS.items()}, 180, settled)


@pytest.mark.parametrize("name", OURS)
def test_every_pod_is_admitted(ours: dict[str, Outcome], name: str) -> None:
    """A Workflow whose author did not care has all the pods that it asks for."""
    outcome = ours[name]

    assert ("", []) == (outcome.denied, outcome.refused)
    assert OURS[name]["pods"] == len(outcome.pods), outcome.workflow["status"]


@pytest.mark.parametrize("name", OURS)
def test_every_container_has_limits(ours: dict[str, Outcome], name: str) -> None:
    """Limits are what the quota wants; those of the namespace are where the author gave none."""
    containers = [
        each for pod in ours[name].pods for each in (*pod["spec"]["containers"], *pod["spec"].get("initContainers", []))
    ]

    assert containers
    assert [] == [each["name"] for each in containers if {"cpu", "memory"} - each["resources"]["limits"].keys()]


@pytest.fixture(scope="module")
def without(client: Client) -> dict[str, Outcome]:
    """What became of Workflows where our defaults are not bound."""
    workflows = {name: {"spec": spec} for name, (spec, _) in WITHOUT.items()}
    return Runs(client, UNHELPED).run(workflows, 180, lambda outcomes: all(each.refused for each in outcomes.values()))


@pytest.mark.parametrize("name", WITHOUT)
def test_without_our_defaults(without: dict[str, Outcome], name: str) -> None:
    """The same namespace takes no pod of a Workflow that lacks either."""
    outcome = without[name]

    assert () == outcome.pods
    assert outcome.refused
    assert all(WITHOUT[name][1] in message for message in outcome.refused), outcome.refused


if ALL:

    @pytest.fixture(scope="module")
    def theirs(client: Client) -> dict[str, Outcome]:
        """What became of Argo's own Workflows."""
        return Runs(client, HELPED).run(Corpus.read().workflows, 400, Quiet(40))

    def test_argos_own_files(theirs: dict[str, Outcome]) -> None:
        """All pods that they ask for are admitted, but for those whose author wants what the standard forbids."""
        refused = {name: each.refused for name, each in theirs.items() if each.refused}

        assert CHOSEN.keys() == refused.keys(), refused
        assert LEAST <= sum(1 for each in theirs.values() if each.pods)

    def test_who_is_denied(theirs: dict[str, Outcome]) -> None:
        """The defaults make nothing that is denied: those Workflows are, that are wrong by themselves."""
        assert DENIED.keys() == {name for name, each in theirs.items() if each.denied}
