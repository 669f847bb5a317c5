"""Plays the pods of many Workflows so that there are as many at once as each makes, and counts them."""

from __future__ import annotations

import time
from collections.abc import Container
from dataclasses import dataclass, field
from random import Random

from admitting import Storing
from equivalence.playing import template_of

from admission.cluster.client import Client
from admission.model.document import Document, mapping

_NODE, _OF = "workflows.argoproj.io/node-id", "workflows.argoproj.io/workflow"


@dataclass
class Counted:
    """What was seen of one Workflow: its pods as they were made, how many there were at once, and how it ended."""

    pods: dict[str, Document] = field(default_factory=dict)
    most: int = 0
    status: Document = field(default_factory=dict)

    @property
    def went_its_way(self) -> bool:
        """Whether neither a step that failed nor something that a test lacks has stopped it."""
        return self.status.get("phase") == "Succeeded"

    @property
    def ended(self) -> str:
        """How it ended, for a person."""
        return " ".join(str(self.status[name]) for name in ("phase", "message") if self.status.get(name))


@dataclass
class _Waiting:
    """The pods of a Workflow that are there, and since when they are these."""

    pods: frozenset[str] = frozenset()
    since: float = 0.0


class Rounds(Storing):
    """
    Lets the pods of each Workflow wait until for *quiet* seconds no more have come, and ends them all.

    Of the Workflows *by_halves* it ends about half of them, so that they come and go in many orders. What runs as a
    daemon goes on, until the controller has done with it.
    """

    def __init__(self, client: Client, namespace: str, quiet: float, by_halves: Container[str] = ()) -> None:
        super().__init__(client, [namespace])
        self._namespace, self._quiet, self._by_halves = namespace, quiet, by_halves
        self._random = Random(1)
        self._waiting: dict[str, _Waiting] = {}
        self.seen: dict[str, Counted] = {}
        #: When the last pod has come or gone, or was ended.
        self.last = time.monotonic()

    def _run(self) -> None:
        while not self._ending.wait(self._quiet / 4):
            by_workflow: dict[str, list[Document]] = {}
            for pod in self._client.get(f"/api/v1/namespaces/{self._namespace}/pods")["items"]:
                if pod["status"].get("phase") in ("Pending", "Running"):
                    by_workflow.setdefault(pod["metadata"]["labels"][_OF], []).append(pod)
            for name, pods in by_workflow.items():
                self._look(name, {pod["metadata"]["uid"]: pod for pod in pods})

    def _look(self, name: str, pods: dict[str, Document]) -> None:
        waiting = self._waiting.setdefault(name, _Waiting())
        if pods.keys() != waiting.pods:
            self.last = time.monotonic()
            self._waiting[name] = _Waiting(frozenset(pods), self.last)
            counted = self.seen.setdefault(name, Counted())
            counted.pods = {**pods, **counted.pods}
        elif time.monotonic() > waiting.since + self._quiet:
            self._end_round(name, list(pods.values()))

    def _end_round(self, name: str, pods: list[Document]) -> None:
        serving = [pod for pod in pods if pod["status"]["phase"] == "Running"]
        needed = self._needed(name, serving) if serving else 0
        others = [pod for pod in pods if pod["status"]["phase"] == "Pending"]
        self.seen[name].most = max(self.seen[name].most, needed + len(others))
        if name in self._by_halves and len(others) > 1:
            others = self._random.sample(others, (len(others) + 1) // 2)
        for pod in others:
            if _NODE in mapping(pod["metadata"].get("annotations")):
                self.last = time.monotonic()
            if template_of(pod).get("daemon"):
                self._serve(pod)
            elif _NODE in mapping(pod["metadata"].get("annotations")):
                self._play(pod, self._namespace)

    def _needed(self, name: str, serving: list[Document]) -> int:
        """How many of the daemons have still somebody who needs them."""
        workflow = self._client.get(f"/apis/argoproj.io/v1alpha1/namespaces/{self._namespace}/workflows/{name}")
        nodes = mapping(mapping(workflow.get("status")).get("nodes"))
        found = (mapping(nodes.get(pod["metadata"]["annotations"][_NODE])) for pod in serving)
        return sum(1 for node in found if node.get("daemoned") or not node.get("finishedAt"))

    def _serve(self, pod: Document) -> None:
        path = f"/api/v1/namespaces/{self._namespace}/pods/{pod['metadata']['name']}/status"
        self._client.patch(path, {"status": _serving(pod)})


def _serving(pod: Document) -> Document:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    running = {"ready": True, "restartCount": 0, "image": "x", "imageID": "", "state": {"running": {"startedAt": now}}}
    return {
        "phase": "Running",
        "startTime": now,
        "podIP": "10.1.2.3",
        "podIPs": [{"ip": "10.1.2.3"}],
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": each["name"], **running} for each in pod["spec"]["containers"]],
    }
