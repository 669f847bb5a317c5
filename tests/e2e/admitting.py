"""Namespaces in which only pods with limits and without privileges are admitted, and what runs in them."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from corpus import ARGO, documents
from equivalence.playing import Player
from waiting import until

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process
from admission.cluster.client import Client, Refused
from admission.model.document import Document, mapping, sequence
from admission.policy import data

#: The two namespaces are the same, but for the defaults: these are bound in the first alone.
HELPED, UNHELPED = "admitted", "unhelped"

#: The policies whose defaults are all that is done for a Workflow.
DEFAULTS = ("default-limits", "default-security-context")

#: What an operator says in the controller's configuration, for the containers that no Workflow can name.
_CONTROLLER = """
executor:
  resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {cpu: 500m, memory: 512Mi}}
  securityContext:
    allowPrivilegeEscalation: false
    runAsNonRoot: true
    capabilities: {drop: [ALL]}
    seccompProfile: {type: RuntimeDefault}
artifactRepository:
  archiveLogs: true
  s3:
    bucket: b
    endpoint: storage.example.com
    accessKeySecret: {name: storage, key: access}
    secretKeySecret: {name: storage, key: secret}
"""

_ARGO, _LABEL = "apis/argoproj.io/v1alpha1", "workflows.argoproj.io/workflow"


@dataclass(frozen=True)
class Outcome:
    """What became of a Workflow: how it stands, and its pods as they were admitted."""

    workflow: Document
    pods: tuple[Document, ...] = ()
    #: What the webhook said, where it has refused the Workflow itself.
    denied: str = ""

    @property
    def nodes(self) -> list[Document]:
        return list(mapping(mapping(self.workflow.get("status")).get("nodes")).values())

    @property
    def refused(self) -> list[str]:
        """What the API server said of the pods that it did not take."""
        status = mapping(self.workflow.get("status"))
        told = [status, *self.nodes, *map(mapping, sequence(status.get("conditions")))]
        messages = {str(each.get("message", "")) for each in told}
        return sorted(each for each in messages if "forbidden" in each or "quota" in each or "is invalid" in each)


class Storing(Player):
    """Its pods also put out the artifacts that they promise."""

    def outputs(self, template: Document) -> Document:
        made = [{**each, "s3": {"key": each["name"]}} for each in template.get("outputs", {}).get("artifacts", [])]
        return {**super().outputs(template), **({"artifacts": made} if made else {})}


def prepared(plane: ControlPlane, *documents: Document) -> None:
    """Make both namespaces, with *documents* in each, and bind the defaults in one."""
    for namespace in (HELPED, UNHELPED):
        plane.apply(*_restricted(namespace))
        plane.apply(*({**each, "metadata": {**each["metadata"], "namespace": namespace}} for each in documents))
    plane.apply(*_policies())
    for namespace in (HELPED, UNHELPED):
        until(lambda n=namespace: plane.has("serviceaccount", "default", n))
        asked = ("-n", namespace, "get", "resourcequota", "all", "-o", "jsonpath={.status.hard}")
        until(lambda a=asked: plane.kubectl(*a).stdout)


def _restricted(namespace: str) -> Iterator[Document]:
    enforced = {"pod-security.kubernetes.io/enforce": "restricted"}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": enforced}}
    of_each = {"cpu": "10k", "memory": "100Ti"}
    hard = {f"{way}.{name}": most for way in ("limits", "requests") for name, most in of_each.items()}
    metadata = {"name": "all", "namespace": namespace}
    yield {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}}


def _policies() -> Iterator[Document]:
    for document in data.library():
        if document["metadata"]["name"] not in DEFAULTS:
            continue
        if document["kind"] == "WorkflowPolicyBinding":
            document = {**document, "spec": {**document["spec"], "matchResources": {"namespaces": [HELPED]}}}
        yield document


@contextmanager
def configured(plane: ControlPlane, controller: Process, images: Iterable[str]) -> Iterator[None]:
    """The controller has the configuration of this test, and knows what *images* run."""
    options = {name: json.dumps(value) for name, value in yaml.safe_load(_CONTROLLER).items()}
    options["images"] = json.dumps({image: {"cmd": ["run"]} for image in images})
    # It reads some of it only when it starts.
    controller.stop()
    started = _times_started(controller)
    _configure(plane, options)
    controller.start()
    controller.until(lambda: _times_started(controller) > started, 60)
    yield
    _configure(plane, dict.fromkeys(options))


def _configure(plane: ControlPlane, options: Mapping[str, str | None]) -> None:
    change = json.dumps({"data": options})
    plane.kubectl("-n", "argo", "patch", "configmap", "workflow-controller-configmap", "--type=merge", "-p", change)


def _times_started(controller: Process) -> int:
    return controller.log.read_text(errors="replace").count("Starting CronWorkflow controller")


def released(client: Client, namespace: str) -> None:
    """Take from all Workflows the finalizers that the controller, which is to end, would have removed."""
    path = f"/{_ARGO}/namespaces/{namespace}/workflows"
    for each in client.get(path)["items"]:
        if each["metadata"].get("finalizers"):
            client.patch(f"{path}/{each['metadata']['name']}", {"metadata": {"finalizers": None}})


class Quiet:
    """Whether no pod has come for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._pods, self._since = seconds, -1, 0.0

    def __call__(self, outcomes: Mapping[str, Outcome]) -> bool:
        pods = sum(len(each.pods) for each in outcomes.values())
        if pods != self._pods:
            self._pods, self._since = pods, time.monotonic()
        return time.monotonic() > self._since + self._seconds


class Runs:
    """Runs Workflows in a namespace, and keeps what became of them."""

    def __init__(self, client: Client, namespace: str) -> None:
        self._client, self._namespace = client, namespace
        self._denied: dict[str, str] = {}
        self._pods: dict[str, dict[str, Document]] = defaultdict(dict)

    def run(
        self, workflows: dict[str, Document], seconds: float, settled: Callable[[Mapping[str, Outcome]], bool]
    ) -> dict[str, Outcome]:
        """What became of *workflows*, all at once, when that is *settled*, or after so many *seconds*."""
        self._denied = {name: self._create(name, workflow) for name, workflow in workflows.items()}
        end = time.monotonic() + seconds
        with Storing(self._client, [self._namespace]):
            while not settled(outcomes := self._outcomes()) and time.monotonic() < end:
                time.sleep(1)
        return outcomes

    def _create(self, name: str, workflow: Document) -> str:
        metadata = {**mapping(workflow.get("metadata")), "name": name, "namespace": self._namespace}
        metadata.pop("generateName", None)
        whole = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", **workflow, "metadata": metadata}
        try:
            self._client.create(f"/{_ARGO}/namespaces/{self._namespace}/workflows", whole)
        except Refused as refused:
            return str(refused)
        return ""

    def _outcomes(self) -> dict[str, Outcome]:
        for pod in self._items("api/v1", "pods"):
            # As they were admitted: some go while others still come.
            self._pods[pod["metadata"]["labels"][_LABEL]].setdefault(pod["metadata"]["uid"], pod)
        stored = {each["metadata"]["name"]: each for each in self._items(_ARGO, "workflows")}
        return {
            name: Outcome(stored.get(name, {}), tuple(self._pods[name].values()), denied)
            for name, denied in self._denied.items()
        }

    def _items(self, group: str, plural: str) -> list[Document]:
        items: list[Document] = self._client.get(f"/{group}/namespaces/{self._namespace}/{plural}")["items"]
        return items


@dataclass(frozen=True)
class Corpus:
    """Argo's own files: Workflows by a name of their own, and what they refer to."""

    workflows: dict[str, Document]
    around: tuple[Document, ...]
    images: frozenset[str]

    @classmethod
    def read(cls, folder: Path = ARGO) -> Corpus:
        workflows: dict[str, Document] = {}
        around: dict[tuple[str, str], Document] = {}
        for file in sorted(folder.rglob("*.yaml")):
            for index, document in enumerate(documents(file)):
                metadata = mapping(document.get("metadata"))
                if document.get("kind") == "Workflow":
                    workflows[f"{file.stem}-{index}".lower().replace("_", "-")[:60]] = document
                elif document.get("kind") in ("WorkflowTemplate", "ClusterWorkflowTemplate", "ConfigMap"):
                    plain = {**document, "metadata": {"name": metadata.get("name"), "labels": metadata.get("labels")}}
                    around.setdefault((document["kind"], str(metadata.get("name"))), plain)
        every = [*workflows.values(), *around.values()]
        accounts = {str(each) for each in _values(every, "serviceAccountName")} - {"default"}
        for name in sorted(each for each in accounts if "{" not in each):
            metadata = {"name": name}
            around["ServiceAccount", name] = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
        return cls(workflows, tuple(around.values()), frozenset(map(str, _values(every, "image"))))


def _values(value: Any, name: str) -> Iterator[Any]:
    """Every text that stands under *name* somewhere in *value*."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, name)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == name and isinstance(each, str):
                yield each
            yield from _values(each, name)
