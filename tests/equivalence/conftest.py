"""A cluster with Argo's own controller, which runs each Workflow twice: with its references, and written out."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import comparing
import pytest
from engine.asking import created, snapshot
from playing import Player

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process
from admission.cluster.client import Client, Refused
from admission.model.document import Document

ORIGINAL, EXPANDED = "eq-original", "eq-expanded"
_ARGO = "/apis/argoproj.io/v1alpha1"
_ENDED = ("Succeeded", "Failed", "Error")
#: Seconds for the namespaces of the tests before to go, with all that is in them.
_PATIENCE = 120.0

#: The version whose controller it is.
VERSION = "4.0"


@dataclass(frozen=True)
class Case:
    """A Workflow, and the templates that it refers to."""

    name: str
    workflow: Document
    templates: tuple[Document, ...]

    def expanded(self) -> Document:
        """The Workflow as the webhook would store it."""
        here = [in_namespace(each, EXPANDED) for each in self.templates]
        made = created(in_namespace(self.workflow, EXPANDED), snapshot(*here, argo_version=VERSION))
        assert made["spec"] != self.workflow["spec"], "nothing was written out"
        return made


@dataclass(frozen=True)
class Seen:
    """What became of a Workflow: its status, and its Pods by node."""

    status: Document
    pods: dict[str, Document]


class Twice:
    """Runs cases with references and without."""

    def __init__(self, client: Client) -> None:
        self._client = client
        for namespace in (ORIGINAL, EXPANDED):
            self._new(namespace)

    def run(self, cases: Sequence[Case], seconds: float) -> dict[str, tuple[Seen, Seen]]:
        """What became of each case by its name: of the original, and of the expanded one."""
        for case in cases:
            for template in case.templates:
                if template["kind"] == "ClusterWorkflowTemplate":
                    self._put(f"{_ARGO}/clusterworkflowtemplates", template)
                    continue
                for namespace in (ORIGINAL, EXPANDED):
                    self._put(f"{_ARGO}/namespaces/{namespace}/workflowtemplates", in_namespace(template, namespace))
        # The controller's own caches come a little later.
        time.sleep(1 + sum(len(case.templates) for case in cases) / 20)
        with Player(self._client, (ORIGINAL, EXPANDED)) as player:
            for case in cases:
                self._put(f"{_ARGO}/namespaces/{ORIGINAL}/workflows", in_namespace(case.workflow, ORIGINAL))
                self._put(f"{_ARGO}/namespaces/{EXPANDED}/workflows", case.expanded())
            end = time.monotonic() + seconds
            while time.monotonic() < end and not self._all_ended():
                time.sleep(0.3)
        found = {namespace: self._workflows(namespace) for namespace in (ORIGINAL, EXPANDED)}
        return {
            case.name: (
                _seen(found[ORIGINAL][case.workflow["metadata"]["name"]], ORIGINAL, player),
                _seen(found[EXPANDED][case.workflow["metadata"]["name"]], EXPANDED, player),
            )
            for case in cases
        }

    def _all_ended(self) -> bool:
        every = [each for namespace in (ORIGINAL, EXPANDED) for each in self._workflows(namespace).values()]
        return all(each.get("status", {}).get("phase") in _ENDED for each in every)

    def _workflows(self, namespace: str) -> dict[str, Document]:
        items = self._client.get(f"{_ARGO}/namespaces/{namespace}/workflows")["items"]
        return {each["metadata"]["name"]: each for each in items}

    def _new(self, namespace: str) -> None:
        """Make the namespace, once one of that name from the tests before is gone."""
        document = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._client.create("/api/v1/namespaces", document)
                return
            except Refused as refused:
                if refused.code != 409 or time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def _put(self, path: str, document: Document) -> None:
        try:
            self._client.create(path, document)
        except Refused as refused:
            if refused.code != 409:
                raise


def in_namespace(document: Document, namespace: str) -> Document:
    """*document* in that namespace, if its kind is in any."""
    if document["kind"] == "ClusterWorkflowTemplate":
        return document
    made = copy.deepcopy(document)
    made["metadata"]["namespace"] = namespace
    return made


def _seen(workflow: Document, namespace: str, player: Player) -> Seen:
    name = workflow["metadata"]["name"]
    label = "workflows.argoproj.io/workflow"
    pods = {
        node: comparing.pod(pod, namespace)
        for (where, node), pod in player.pods.items()
        if where == namespace and pod["metadata"]["labels"][label] == name
    }
    return Seen(comparing.status(workflow, namespace), pods)


@pytest.fixture(scope="module")
def twice(plane: ControlPlane, argo_controller: Process) -> Iterator[Twice]:
    """The controller runs; what was made for it goes at the end."""
    client = Client.connect(str(plane.kubeconfig))
    yield Twice(client)
    plane.kubectl("delete", "namespace", ORIGINAL, EXPANDED, "--wait=false")
    plane.kubectl("delete", "clusterworkflowtemplates", "--all")
