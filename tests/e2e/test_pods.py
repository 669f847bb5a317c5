"""The pods that Argo's own controller creates on a real API server, held against what was projected of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from equivalence.playing import Player, template_of

from admission.argo.peak import peak_of
from admission.argo.pods import effective_pods
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process
from admission.cluster.client import Client
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document, mapping, sequence

pytestmark = pytest.mark.cluster

NAMESPACE = "pods"
ARGO = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}"

#: Workflows by name, and what each of them tries.
WORKFLOWS: dict[str, Document] = yaml.safe_load(
    """
wide:
  entrypoint: main
  templates:
  - {name: main, steps: [[{name: a, template: w, withItems: [1, 2, 3, 4, 5]}], [{name: b, template: w}]]}
  - &w {name: w, container: {image: a, command: [x], resources: {limits: {cpu: 1}}}}
tasks:
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: w}
      - {name: b, template: two, depends: a}
      - {name: c, template: w, depends: a}
      - {name: d, template: w, depends: b && c}
  - {name: two, steps: [[{name: x, template: w}, {name: y, template: w}]]}
  - *w
narrow:
  entrypoint: main
  parallelism: 3
  templates:
  - {name: main, steps: [[{name: a, template: w, withSequence: {count: 6}}]]}
  - *w
limited:
  entrypoint: main
  templates:
  - name: main
    parallelism: 2
    dag: {tasks: [{name: a, template: w, withItems: [1, 2, 3, 4]}, {name: b, template: w}]}
  - *w
ended:
  entrypoint: main
  onExit: two
  templates:
  - {name: main, container: {image: a, command: [x]}}
  - {name: two, steps: [[{name: x, template: w}, {name: y, template: w}]]}
  - *w
kinds:
  entrypoint: main
  podSpecPatch: '{"enableServiceLinks": false}'
  volumes: [{name: v, emptyDir: {}}]
  securityContext: {runAsUser: 5}
  templates:
  - name: main
    nodeSelector: {from: around}
    steps: [[{name: s, template: s}, {name: set, template: set}, {name: r, template: r}, {name: d, template: d}]]
  - name: s
    script: {image: a, command: [x], source: print(1), volumeMounts: [{name: v, mountPath: /v}]}
    sidecars: [{name: side, image: b, command: [x], mirrorVolumeMounts: true}]
  - name: set
    tolerations: [{key: a}]
    containerSet: {containers: [{name: main, image: a, command: [x]}, {name: two, image: b, command: [x]}]}
  - {name: r, resource: {action: get, manifest: "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}"}}
  - name: d
    podSpecPatch: |
      containers: [{name: main, env: [{name: A, value: "{{workflow.name}}"}]}]
      Priority: 0
    data:
      source: {artifactPaths: {name: x, s3: {bucket: b, endpoint: e, key: k}}}
      transformation: [{expression: data}]
"""
)


@dataclass
class Counted:
    """What was seen of one Workflow: its pods as they were made, and how many there were at once."""

    pods: list[Document] = field(default_factory=list)
    most: int = 0


class Rounds(Player):
    """Lets pods wait until no more come, counts them, and ends them all."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, [NAMESPACE])
        self.seen: dict[str, Counted] = {}
        self._before: frozenset[str] = frozenset()

    def _run(self) -> None:
        while not self._ending.wait(0.8):
            found = self._client.get(f"/api/v1/namespaces/{NAMESPACE}/pods")["items"]
            waiting = {pod["metadata"]["uid"]: pod for pod in found if pod["metadata"]["uid"] not in self._played}
            if frozenset(waiting) == self._before:
                self._count(list(waiting.values()))
                self._played |= waiting.keys()
            self._before = frozenset(waiting)

    def _count(self, pods: list[Document]) -> None:
        by_workflow: dict[str, list[Document]] = {}
        for pod in pods:
            by_workflow.setdefault(pod["metadata"]["labels"]["workflows.argoproj.io/workflow"], []).append(pod)
        for name, own in by_workflow.items():
            counted = self.seen.setdefault(name, Counted())
            counted.pods += own
            counted.most = max(counted.most, len(own))
        for pod in pods:
            self._play(pod, NAMESPACE)


@pytest.fixture(scope="module")
def seen(plane: ControlPlane, argo_controller: Process) -> Iterator[dict[str, Counted]]:
    """What the controller made of all Workflows, run to their end."""
    plane.kubectl("create", "namespace", NAMESPACE)
    plane.kubectl("-n", NAMESPACE, "create", "serviceaccount", "default", check=False)
    client = Client.connect(str(plane.kubeconfig))
    with Rounds(client) as rounds:
        for name, spec in WORKFLOWS.items():
            client.create(f"{ARGO}/workflows", workflow(name, spec))
        end = time.monotonic() + 60
        while time.monotonic() < end and not all(_is_over(client, name) for name in WORKFLOWS):
            time.sleep(0.5)
    yield rounds.seen
    plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def _is_over(client: Client, name: str) -> bool:
    return bool(mapping(client.get(f"{ARGO}/workflows/{name}").get("status")).get("finishedAt"))


def workflow(name: str, spec: Document) -> Document:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_pods(seen: dict[str, Counted], name: str) -> None:
    """Every pod has what was projected of one of its template, and no container or volume besides."""
    document = workflow(name, WORKFLOWS[name])
    projected = effective_pods(document, FrozenCatalog(), namespace=NAMESPACE, argo_version="4.0")

    assert seen[name].pods
    for pod in seen[name].pods:
        template = template_of(pod).get("name", "")
        ours = [each.pod for each in projected if each.template == template]

        assert any(not list(_lacking(each["spec"], pod["spec"])) for each in ours), (
            template,
            [list(_lacking(each["spec"], pod["spec"])) for each in ours],
        )


@pytest.mark.parametrize("name", WORKFLOWS)
def test_peaks(seen: dict[str, Counted], name: str) -> None:
    """There were never more pods at once than was said, and not many fewer."""
    document = workflow(name, WORKFLOWS[name])
    peak = peak_of(document, FrozenCatalog(), namespace=NAMESPACE, argo_version="4.0").parallel_pods

    assert seen[name].most <= peak <= 1.5 * seen[name].most


#: What the controller, the API server or its own admission does with these: they are not compared.
_OTHERS = ("command", "args", "volumeMounts", "volumes")


def _lacking(ours: Any, real: Any, place: str = "") -> Iterator[str]:
    """Where *real* does not have what *ours* says; names of containers, volumes and mounts in both directions."""
    if isinstance(ours, dict) and isinstance(real, dict):
        for name, value in ours.items():
            if name in ("volumes", "volumeMounts"):
                key = "name" if name == "volumes" else "mountPath"
                if _keys(value, key) != _keys(real.get(name), key):
                    yield f"{place}.{name}: {_keys(value, key)} is {_keys(real.get(name), key)}"
            elif name not in _OTHERS and "argoexec" not in str(value)[:80]:
                yield from _lacking(value, real.get(name), f"{place}.{name}")
    elif isinstance(ours, list) and isinstance(real, list):
        if place.endswith("ontainers") and [each["name"] for each in ours] != [each["name"] for each in real]:
            yield f"{place}: {[each['name'] for each in real]}"
        for index, each in enumerate(ours):
            yield from _lacking(each, _same(each, index, real), f"{place}[{index}]")
    elif ours != real and str(ours) != str(real):
        yield f"{place}: {ours!r} is {real!r}"


def _same(each: Any, index: int, real: list[Any]) -> Any:
    """The element of *real* that is meant: by its name, if it has one."""
    if isinstance(each, dict) and "name" in each:
        return next((one for one in real if mapping(one).get("name") == each["name"]), None)
    return real[index] if index < len(real) else None


def _keys(listed: Any, key: str) -> list[str]:
    """The keys of a list, without what the admission of service accounts adds."""
    found = (str(each.get(key)) for each in map(mapping, sequence(listed)))
    return sorted(each for each in found if not each.startswith(("kube-api-access", "/var/run/secrets/kubernetes.io")))
