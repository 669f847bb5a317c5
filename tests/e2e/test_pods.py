"""
The pods that Argo's own controller creates on a real API server, held against what was projected of them.

By itself a handful of Workflows; ``make pods`` takes a hundred and twenty more that were made up, and Argo's own
examples, where they are at hand.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

import corpus
import pytest
import yaml
from admitting import Corpus, configured, released
from counting import Counted, Rounds
from equivalence.playing import template_of
from inventing import invented, wild
from likeness import differences

from admission.argo.controller import decode_config
from admission.argo.peak import Peak, peak_of
from admission.argo.pods import EffectivePod, effective_pods
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process
from admission.cluster.client import Client, Refused
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document, mapping

pytestmark = pytest.mark.cluster

NAMESPACE = "pods"
ARGO = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}"

#: Workflows by name, and what each of them tries.
MADE: dict[str, Document] = yaml.safe_load(
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

CHOSEN = os.environ.get("PODS", "")
ALL = bool(CHOSEN)
ARGOS = Corpus.read(corpus.ARGO / "examples") if ALL and corpus.ARGO.exists() else Corpus({}, (), frozenset())


def workflow(name: str, document: Document) -> Document:
    metadata = {**mapping(document.get("metadata")), "name": name, "namespace": NAMESPACE}
    metadata.pop("generateName", None)
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", **document, "metadata": metadata}


#: Those that were made up: another beginning makes up others.
FIRST = int(os.environ.get("PODS_FIRST", "0"))
WILD = wild(range(FIRST, FIRST + 60)) if ALL else {}
INVENTED = invented(range(FIRST, FIRST + 60)) if ALL else {}

WORKFLOWS: dict[str, Document] = {
    **{name: workflow(name, {"spec": spec}) for name, spec in {**MADE, **INVENTED, **WILD}.items()},
    **{name: workflow(name, document) for name, document in ARGOS.workflows.items()},
}
if CHOSEN not in ("", "all"):
    WORKFLOWS = {
        name: each for name, each in WORKFLOWS.items() if any(name.startswith(begin) for begin in CHOSEN.split(","))
    }

#: Workflows that have pods which are not as they were projected, with the reason.
OTHERWISE = {
    "artifactory-artifact-0": "who plays its pods says that the artifact is in S3: the next pod reads it there",
}


@dataclass(frozen=True)
class Seen:
    """What the controller made of the Workflows, and what is known beside these."""

    counted: Mapping[str, Counted]
    catalog: FrozenCatalog

    def pods(self, name: str) -> tuple[EffectivePod, ...]:
        return effective_pods(WORKFLOWS[name], self.catalog, namespace=NAMESPACE, argo_version="4.0")

    def peak(self, name: str) -> Peak:
        return peak_of(WORKFLOWS[name], self.catalog, namespace=NAMESPACE, argo_version="4.0")

    @cached_property
    def with_pods(self) -> list[str]:
        return [name for name, each in self.counted.items() if each.pods]


@pytest.fixture(scope="module")
def seen(plane: ControlPlane, argo_controller: Process) -> Iterator[Seen]:
    """What the controller made of all Workflows, run to their end."""
    plane.kubectl("create", "namespace", NAMESPACE)
    accounts = ("default", "robot")
    for account in accounts:
        plane.kubectl("-n", NAMESPACE, "create", "serviceaccount", account, check=False)
    around = [_here(each) for each in ARGOS.around]
    if around:
        plane.apply(*around)
    client = Client.connect(str(plane.kubeconfig))
    with ExitStack() as stack:
        if ALL:
            stack.enter_context(configured(plane, argo_controller, [*ARGOS.images, *"xab", "x:1", "x:latest"]))
        config = client.get("/api/v1/namespaces/argo/configmaps/workflow-controller-configmap")["data"]
        counted = _run(client, quiet=3 if ALL else 2, seconds=900 if ALL else 180)
        yield Seen(counted, FrozenCatalog.of(around, namespace=NAMESPACE, controller=decode_config(config)))
    plane.kubectl("delete", "clusterworkflowtemplates", "--all")
    released(client, NAMESPACE)
    plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def _here(document: Document) -> Document:
    if document["kind"] == "ClusterWorkflowTemplate":
        return document
    return {**document, "metadata": {**document["metadata"], "namespace": NAMESPACE}}


def _run(client: Client, quiet: float, seconds: float) -> dict[str, Counted]:
    """What came of all Workflows, until they are over, or nothing happens any more."""
    with Rounds(client, NAMESPACE, quiet, by_halves=WILD) as rounds:
        for document in WORKFLOWS.values():
            _create(client, document)
        end = time.monotonic() + seconds
        while time.monotonic() < min(end, rounds.last + 15 * quiet) and not all(map(_is_over, _stored(client))):
            time.sleep(quiet / 2)
        status = {each["metadata"]["name"]: mapping(each.get("status")) for each in _stored(client)}
    found = {name: rounds.seen.get(name, Counted()) for name in WORKFLOWS}
    for name, counted in found.items():
        counted.status = status.get(name, {})
    return found


def _create(client: Client, document: Document) -> None:
    try:
        client.create(f"{ARGO}/workflows", document)
    except Refused:
        # One of Argo's examples is such that no API server takes it.
        if document["metadata"]["name"] not in ARGOS.workflows:
            raise


def _stored(client: Client) -> list[Document]:
    found: list[Document] = client.get(f"{ARGO}/workflows")["items"]
    return found


def _is_over(document: Document) -> bool:
    return bool(mapping(document.get("status")).get("finishedAt"))


def _closest(ours: list[EffectivePod], real: Document) -> tuple[dict[str, list[str]], bool]:
    """How *real* differs from the one of *ours* that is most like it, and whether that is known only in part."""
    template = template_of(real).get("name", "")
    same = [each for each in ours if each.template == template] or ours
    return min((differences(each, real) for each in same), key=lambda found: (len(found[0]), found[1]))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_pods(seen: Seen, name: str) -> None:
    """Every pod is in all groups of fields as one that was projected of its template, but for what is unknown."""
    ours = list(seen.pods(name))
    found = [_closest(ours, pod)[0] for pod in seen.counted[name].pods.values()]

    assert name in OTHERWISE or [] == [each for each in found if each]
    assert found or name not in MADE


@pytest.mark.parametrize("name", WORKFLOWS)
def test_peaks(seen: Seen, name: str) -> None:
    """
    There were never more pods at once than was said, and not many fewer where no fan-out depends on the run.

    Of the wild ones only the first is asked: they are full of what may, or may not, come beside something else.
    """
    peak, counted = seen.peak(name), seen.counted[name]

    assert counted.most <= peak.parallel_pods
    if counted.went_its_way and not peak.unbounded and name not in WILD:
        assert peak.parallel_pods <= 1.5 * counted.most


if ALL:

    def test_figures(seen: Seen) -> None:
        """It is enough that was compared."""
        pods = Counter(each for name in seen.with_pods for each in _likenesses(seen, name))
        kinds = {name: _kind(seen.peak(name), seen.counted[name]) for name in seen.with_pods}
        print(f"\n{len(seen.with_pods)} Workflows, {pods.total()} pods: {_said(pods)}")
        print(f"peaks: {_said(Counter(kinds.values()))}")
        for name, kind in kinds.items():
            if kind != "exact":
                counted = seen.counted[name]
                print(f"  {name}: {counted.most} of {seen.peak(name).parallel_pods}, {kind}: {counted.ended}")

        assert CHOSEN != "all" or len(seen.with_pods) >= 50


def _likenesses(seen: Seen, name: str) -> Iterator[str]:
    ours = list(seen.pods(name))
    for pod in seen.counted[name].pods.values():
        different, is_open = _closest(ours, pod)
        yield "different" if different else "equal but for what is unknown" if is_open else "equal"


def _kind(peak: Peak, counted: Counted) -> str:
    if counted.most > peak.parallel_pods:
        return "below"
    if counted.most == peak.parallel_pods:
        return "exact"
    if peak.unbounded:
        return "decided by the run"
    if not counted.went_its_way:
        return "not run to an end"
    return "above by at most 1.5" if peak.parallel_pods <= 1.5 * counted.most else "more"


def _said(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counter.most_common())
