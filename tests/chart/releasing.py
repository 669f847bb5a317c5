"""A release of the chart on the control plane of the tests, and people who create Workflows meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chart_node import Node
from rendering import CHART

from admission.argo.kinds import KINDS
from admission.cli.demo.kinds import definition
from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client, Refused
from admission.errors import ClusterError

#: What makes a test quicker than a cluster: the leader looks oftener, and nobody calls for long. The API server waits
#: longer than on a machine that is not busy with other tests.
QUICK = {
    "configuration.webhooks.intervalSeconds": "1",
    "configuration.limits.drainSeconds": "2",
    "configuration.limits.seconds": "25",
    "webhooks.validate.timeoutSeconds": "25",
}

_WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/{}/workflows"
_CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/{}webhookconfigurations"


@dataclass(frozen=True)
class Release:
    """One release, by real helm."""

    helm: Path
    node: Node
    namespace: str
    name: str = "argo-admission"

    def run(self, command: str, *flags: str, values: Mapping[str, str] | None = None, check: bool = True) -> str:
        """What helm says; an error of it is an error of the test."""
        settings = [
            word for name, value in {**QUICK, **(values or {})}.items() for word in ("--set", f"{name}={value}")
        ]
        settings = settings if command in ("install", "upgrade") else []
        words = [str(self.helm), command, self.name, *flags, "--namespace", self.namespace, *settings]
        kubeconfig = ["--kubeconfig", str(self.node.plane.kubeconfig)]
        done = subprocess.run([*words, *kubeconfig], capture_output=True, text=True, timeout=400, check=False)
        assert not check or done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.node.told()}"
        return done.stdout + done.stderr


def client(plane: ControlPlane) -> Client:
    return Client.connect(str(plane.kubeconfig))


def without_kinds(plane: ControlPlane) -> None:
    """A cluster that knows neither Argo's kinds nor ours, whatever other tests have left; a chart brings its own."""
    definitions = plane.kubectl("get", "crd", "-o", "name").stdout.split()
    if ours := [name for name in definitions if "argo" in name]:
        plane.kubectl("delete", *ours)


def argo(plane: ControlPlane) -> None:
    """Argo's kinds, as small as they can be, with no object of them."""
    without_kinds(plane)
    plane.apply(*map(definition, KINDS.values()))


def controller(namespace: str) -> dict[str, Any]:
    """A workflow controller that runs as the account ``argo``, without a Pod."""
    labels = {"app": "workflow-controller"}
    container = {"name": "controller", "image": "quay.io/argoproj/workflow-controller:v4.1.2"}
    template = {"metadata": {"labels": labels}, "spec": {"serviceAccountName": "argo", "containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "workflow-controller", "namespace": namespace},
        "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template},
    }


def workflow(good: bool, instance: str = "") -> dict[str, Any]:
    """A Workflow that passes, or one whose entrypoint is not there."""
    labels = {"workflows.argoproj.io/controller-instanceid": instance} if instance else {}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "good-" if good else "bad-", "labels": labels},
        "spec": {
            "entrypoint": "main" if good else "mian",
            "templates": [{"name": "main", "container": {"image": "alpine:3.20", "command": ["true"]}}],
        },
    }


def create(api: Client, good: bool, instance: str = "", namespace: str = "default", dry: bool = False) -> str:
    """Create such a Workflow; what the API server says against it, nothing where it is there now."""
    try:
        api.create(_WORKFLOWS.format(namespace) + ("?dryRun=All" if dry else ""), workflow(good, instance), 20)
    except Refused as error:
        return str(error)
    return ""


def judged(api: Client) -> bool:
    """Whether good Workflows are created and bad ones refused, by us."""
    refused = create(api, good=False)
    return create(api, good=True) == "" and 'webhook "validate.argo-admission.io" denied the request' in refused


def registered(api: Client) -> dict[str, dict[str, Any]]:
    """The webhook configurations of the cluster by kind and name."""
    return {
        f"{kind}/{each['metadata']['name']}": each
        for kind in ("mutating", "validating")
        for each in api.get(_CONFIGURATIONS.format(kind))["items"]
    }


def previous(folder: Path) -> Path:
    """The chart as it was before: of another version and image."""
    chart = folder / "previous" / CHART.name
    shutil.copytree(CHART, chart)
    file = chart / "Chart.yaml"
    file.write_text(file.read_text().replace("ersion: 0.1.0", "ersion: 0.0.9"))
    return chart


def packaged(helm: Path, folder: Path) -> Path:
    """The chart as it is published."""
    command = [str(helm), "package", str(CHART), "--destination", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    [file] = folder.glob("argo-admission-*.tgz")
    return file


@dataclass
class People:
    """Those who create Workflows all the time, every third of them a bad one, and what went wrong for them."""

    asked: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def people(api: Client, a_second: float = 10.0) -> Iterator[People]:
    """Workflows are tried (by dry runs, so that nothing piles up) for as long as this lasts."""
    found, ending = People(), threading.Event()

    def run() -> None:
        while not ending.wait(1 / a_second):
            good = found.asked % 3 != 0
            found.asked += 1
            try:
                said = create(api, good, dry=True)
            except ClusterError as error:
                said = f"no answer: {error}"
            if good and said:
                found.wrong.append(f"a good one: {said}")
            elif not good and "denied the request" not in said:
                found.wrong.append(f"a bad one: {said or 'accepted'}")

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield found
    finally:
        ending.set()
        thread.join()
