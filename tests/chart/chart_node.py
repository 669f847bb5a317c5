"""
A node without containers: Pods of a namespace are played by processes on this machine.

The API server and all controllers are real; there is no kubelet. What is played here of one: a Pod is bound to a node;
its container runs as a process with the command of the image (ENTRYPOINT of our Dockerfile), the arguments,
environment, mounted files and a token of the service account as the Pod says; probes are made; the status is written;
a Pod that is deleted gets SIGTERM, leaves the endpoints, and goes when its process has ended.

What differs from a node: mounts are below a folder, so that their paths in arguments and in the configuration are
replaced; every Pod has ports of its own, since all are on one machine; the account comes as a kubeconfig with the
token; no limit of resources holds. The endpoints of Services are written here, not by the controller, which takes one
port for all Pods. The API server calls them at an address of this machine (``--enable-aggregator-routing``): an
EndpointSlice may not have 127.0.0.1.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from chart_pod import Object, Played

from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client, Refused
from admission.errors import ClusterError

NODE = "machine"
_CORE = "/api/v1"
_SLICES = "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices"
_HEARTBEAT = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

#: Seconds between two looks at the Pods, and between two signs of life of the node.
_LOOK, _BEAT = 0.1, 5.0


def address() -> str:
    """An address of this machine that is not the loopback's; nothing is sent there."""
    # Without a way out the machine may still have an address under its own name.
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found: str = probe.getsockname()[0]
        return found
    names = {str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    [own, *_] = sorted(name for name in names if not name.startswith("127.")) or [""]
    assert own, "this machine has no address but the loopback's: no EndpointSlice can have it"
    return own


class Node:
    """Plays the Pods of *namespaces*, from ``with`` to its end."""

    def __init__(self, plane: ControlPlane, folder: Path, *namespaces: str) -> None:
        self.plane, self.folder, self.namespaces = plane, folder, namespaces
        self.client = Client.connect(str(plane.kubeconfig))
        self.address = address()
        #: Every Pod that was played, by uid, those that are gone included.
        self.played: dict[str, Played] = {}
        self.errors: list[str] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="node", daemon=True)

    def __enter__(self) -> Node:
        self.client.create(f"{_CORE}/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}})
        conditions = [{"type": "Ready", "status": "True", "reason": "Played", "message": "played by a test"}]
        self.client.patch(f"{_CORE}/nodes/{NODE}/status", {"status": {"conditions": conditions}})
        lease = {"metadata": {"name": NODE, "namespace": "kube-node-lease"}, "spec": {"holderIdentity": NODE}}
        with suppress(Refused):
            self.client.create(_HEARTBEAT, {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", **lease})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        for each in self.played.values():
            if each.process is not None and each.runs:
                each.process.kill()
                each.process.wait()
        with suppress(Refused):
            self.client.delete(f"{_CORE}/nodes/{NODE}")

    def running(self, component: str = "webhook") -> list[Played]:
        """The Pods whose process runs, of one component."""
        found = (each for each in self.played.values() if each.runs)
        return [each for each in found if each.pod["metadata"]["labels"]["app.kubernetes.io/component"] == component]

    def told(self) -> str:
        """What the Pods have said last, for whoever must know why a test failed."""
        ends = (f"== {each.name}\n{each.log.read_text()[-1500:]}" for each in self.played.values() if each.log.exists())
        return "\n".join([*ends, *self.errors[-5:]])

    def _run(self) -> None:
        beat = 0.0
        while not self._ending.is_set():
            try:
                if time.monotonic() - beat > _BEAT:
                    self.client.patch(
                        f"{_HEARTBEAT}/{NODE}", {"spec": {"renewTime": _now(), "leaseDurationSeconds": 40}}
                    )
                    beat = time.monotonic()
                self._look()
            except (ClusterError, OSError, KeyError) as error:
                self.errors.append(repr(error))
            self._ending.wait(_LOOK)

    def _look(self) -> None:
        for namespace in self.namespaces:
            for pod in self.client.get(f"{_CORE}/namespaces/{namespace}/pods")["items"]:
                uid = pod["metadata"]["uid"]
                if uid not in self.played:
                    self.played[uid] = self._begun(pod)
                each = self.played[uid]
                each.pod = pod
                # What changes meanwhile is seen at the next look.
                with suppress(Refused):
                    self._end(each) if "deletionTimestamp" in pod["metadata"] else self._follow(each)

    def _begun(self, pod: Object) -> Played:
        """The Pod, bound to the node and started."""
        each = Played(self.plane, self.client, pod, self.folder / pod["metadata"]["uid"])
        where = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": each.name}}
        target = {"target": {"apiVersion": "v1", "kind": "Node", "name": NODE}}
        self.client.create(f"{each.path}/binding", {**where, **target})
        each.begin()
        return each

    def _follow(self, each: Played) -> None:
        """Write how the Pod is."""
        assert each.process is not None
        status = each.process.poll()
        if status is None:
            self._report(each, each.answers())
        elif each.pod["spec"]["restartPolicy"] == "Never":
            self._finished(each, status)
        else:
            self._report(each, False)
            each.start()

    def _report(self, each: Played, ready: bool) -> None:
        if ready == each.ready:
            return
        self._endpoint(each, ready)
        true = "True" if ready else "False"
        kinds = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": true, "Ready": true}
        conditions = [{"type": name, "status": value, "lastTransitionTime": _now()} for name, value in kinds.items()]
        container = {"state": {"running": {"startedAt": _now()}}, "ready": ready, "started": True}
        self._write(each, {"phase": "Running", "conditions": conditions}, container)
        each.ready = ready

    def _finished(self, each: Played, status: int) -> None:
        phase = "Failed" if status else "Succeeded"
        if each.phase != phase:
            ended = {"exitCode": status, "startedAt": _now(), "finishedAt": _now(), "reason": "Completed"}
            self._write(each, {"phase": phase}, {"state": {"terminated": ended}, "ready": False})

    def _write(self, each: Played, status: Object, container: Object) -> None:
        image = {"image": each.container["image"], "imageID": "", "restartCount": 0, "name": each.container["name"]}
        written = {"startTime": _now(), **status, "containerStatuses": [{**image, **container}]}
        self.client.patch(f"{each.path}/status", {"status": written})
        each.phase = status["phase"]

    def _end(self, each: Played) -> None:
        """What a kubelet does with a Pod that is deleted."""
        if not each.ending:
            each.ending = True
            with suppress(Refused):
                self._endpoint(each, False)
            if each.process is not None and each.runs:
                each.process.terminate()
        if not each.runs:
            for gone in (f"{_SLICES.format(each.namespace)}/{each.name}", f"{each.path}?gracePeriodSeconds=0"):
                with suppress(Refused):
                    self.client.delete(gone)

    def _endpoint(self, each: Played, ready: bool) -> None:
        """Tell whoever calls the Service of the Pod whether it may be called."""
        labels = each.pod["metadata"]["labels"]
        for service in self.client.get(f"{_CORE}/namespaces/{each.namespace}/services")["items"]:
            [port] = service["spec"]["ports"]
            if port["targetPort"] == "webhook" and service["spec"]["selector"].items() <= labels.items():
                self._slice(each, service["metadata"]["name"], port["name"], ready)

    def _slice(self, each: Played, service: str, port: str, ready: bool) -> None:
        collection = _SLICES.format(each.namespace)
        wanted = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": each.name, "labels": {"kubernetes.io/service-name": service}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [self.address], "conditions": {"ready": ready, "serving": ready}}],
            "ports": [{"name": port, "port": each.ports["webhook"], "protocol": "TCP"}],
        }
        try:
            self.client.create(collection, wanted)
        except Refused as error:
            if error.code != 409:
                raise
            self.client.patch(f"{collection}/{each.name}", {"endpoints": wanted["endpoints"]})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
