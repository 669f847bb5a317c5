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

import base64
import json
import os
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from image_steps import ROOT, entrypoint

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import free_ports
from admission.cluster.client import Client, Refused
from admission.errors import ClusterError

Object = dict[str, Any]

NODE = "machine"
_CORE = "/api/v1"
_SLICES = "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices"
_HEARTBEAT = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

#: Seconds between two looks at the Pods.
_LOOK = 0.1


def address() -> str:
    """An address of this machine that is not the loopback's; nothing is sent there, and no name is looked up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found: str = probe.getsockname()[0]
        return found


@dataclass
class Played:
    """A Pod that is played."""

    pod: Object
    folder: Path
    ports: Mapping[str, int]
    process: subprocess.Popen[bytes] | None = None
    ready: bool | None = None
    ending: bool = False
    written: Object = field(default_factory=dict)

    @property
    def name(self) -> str:
        found: str = self.pod["metadata"]["name"]
        return found

    @property
    def container(self) -> Object:
        found: Object = self.pod["spec"]["containers"][0]
        return found

    @property
    def log(self) -> Path:
        return self.folder / "log"


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
            if each.process is not None and each.process.poll() is None:
                each.process.kill()
                each.process.wait()
        with suppress(Refused):
            self.client.delete(f"{_CORE}/nodes/{NODE}")

    def running(self, component: str = "webhook") -> list[Played]:
        """The Pods whose process runs, of one component."""
        found = (each for each in self.played.values() if each.process is not None and each.process.poll() is None)
        return [each for each in found if each.pod["metadata"]["labels"]["app.kubernetes.io/component"] == component]

    def told(self) -> str:
        """What the Pods have said last, for whoever must know why a test failed."""
        ends = (f"== {each.name}\n{each.log.read_text()[-1500:]}" for each in self.played.values() if each.log.exists())
        return "\n".join([*ends, *self.errors[-5:]])

    def _run(self) -> None:
        beat = 0.0
        while not self._ending.is_set():
            try:
                if time.monotonic() - beat > 5:
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
                    self.played[uid] = self._begin(pod)
                each = self.played[uid]
                each.pod = pod
                # What changes meanwhile is seen at the next look.
                with suppress(Refused):
                    self._end(each) if "deletionTimestamp" in pod["metadata"] else self._follow(each)

    def _begin(self, pod: Object) -> Played:
        """Bind the Pod, lay out its files and start its process."""
        metadata, container = pod["metadata"], pod["spec"]["containers"][0]
        where = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": metadata["name"]}}
        target = {"target": {"apiVersion": "v1", "kind": "Node", "name": NODE}}
        self.client.create(f"{_path(pod)}/binding", {**where, **target})
        folder = self.folder / metadata["uid"]
        folder.mkdir(parents=True)
        names = [each["name"] for each in container.get("ports", ())]
        each = Played(pod, folder, dict(zip(names, free_ports(len(names)), strict=True)))
        for mount in container["volumeMounts"]:
            [volume] = [each for each in pod["spec"]["volumes"] if each["name"] == mount["name"]]
            self._mount(each, mount["mountPath"], volume)
        self._start(each)
        return each

    def _mount(self, each: Played, path: str, volume: Object) -> None:
        place, namespace = each.folder / path.lstrip("/"), each.pod["metadata"]["namespace"]
        place.mkdir(parents=True, exist_ok=True)
        if "configMap" in volume:
            found = self.client.get(f"{_CORE}/namespaces/{namespace}/configmaps/{volume['configMap']['name']}")
            for name, content in found.get("data", {}).items():
                (place / name).write_text(self._here(each, content))
        elif "secret" in volume:
            found = self.client.get(f"{_CORE}/namespaces/{namespace}/secrets/{volume['secret']['secretName']}")
            for name, content in found.get("data", {}).items():
                (place / name).write_bytes(base64.b64decode(content))
        elif "projected" in volume:
            (place / "token").write_text(self._token(each.pod))
            (place / "namespace").write_text(namespace)

    def _here(self, each: Played, text: str) -> str:
        """A configuration with this Pod's ports, and mounts where they are."""
        for mount in each.container["volumeMounts"]:
            text = text.replace(mount["mountPath"] + "/", f"{each.folder}{mount['mountPath']}/")
        document = yaml.safe_load(text)
        if isinstance(document, dict) and "ports" in document:
            document["ports"] |= each.ports
            return yaml.safe_dump(document)
        return text

    def _token(self, pod: Object) -> str:
        """A token of the account of the Pod, bound to it, as a kubelet asks for it."""
        metadata, account = pod["metadata"], pod["spec"]["serviceAccountName"]
        bound = {"apiVersion": "v1", "kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"boundObjectRef": bound}}
        path = f"{_CORE}/namespaces/{metadata['namespace']}/serviceaccounts/{account}/token"
        token: str = self.client.create(path, request)["status"]["token"]
        return token

    def _start(self, each: Played) -> None:
        arguments = [self._path_here(each, word) for word in each.container.get("args", ())]
        [token] = each.folder.rglob("token")
        kubeconfig = yaml.safe_load(self.plane.kubeconfig.read_text())
        kubeconfig["users"] = [{"name": kubeconfig["users"][0]["name"], "user": {"tokenFile": str(token)}}]
        (each.folder / "kubeconfig").write_text(yaml.safe_dump(kubeconfig))
        program, *words = entrypoint()
        environment = {
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "HOME": str(each.folder),
            "TMPDIR": str(each.folder / "tmp"),
            "KUBECONFIG": str(each.folder / "kubeconfig"),
            **dict(self._environment(each)),
        }
        with each.log.open("ab") as log:
            command = [str(ROOT / ".venv/bin" / program), *words, *arguments]
            each.process = subprocess.Popen(command, env=environment, cwd=each.folder, stdout=log, stderr=log)
        each.ready = None

    def _path_here(self, each: Played, word: str) -> str:
        mounts = [mount["mountPath"] for mount in each.container["volumeMounts"]]
        return f"{each.folder}{word}" if any(word.startswith(f"{mount}/") for mount in mounts) else word

    def _environment(self, each: Played) -> Iterator[tuple[str, str]]:
        for variable in each.container.get("env", ()):
            if "value" in variable:
                yield variable["name"], variable["value"]
            else:
                value: Any = each.pod
                for step in variable["valueFrom"]["fieldRef"]["fieldPath"].split("."):
                    value = value[step]
                yield variable["name"], value

    def _follow(self, each: Played) -> None:
        """Write how the Pod is."""
        assert each.process is not None
        status = each.process.poll()
        if status is None:
            self._report(each, self._answers(each))
        elif each.pod["spec"]["restartPolicy"] == "Never":
            self._finished(each, status)
        else:
            self._report(each, False)
            self._start(each)

    def _report(self, each: Played, ready: bool) -> None:
        if ready == each.ready:
            return
        self._endpoint(each, ready)
        true = {True: "True", False: "False"}[ready]
        kinds = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": true, "Ready": true}
        conditions = [{"type": name, "status": value, "lastTransitionTime": _now()} for name, value in kinds.items()]
        container = {"state": {"running": {"startedAt": _now()}}, "ready": ready, "started": True}
        self._write(each, {"phase": "Running", "conditions": conditions}, container)
        each.ready = ready

    def _finished(self, each: Played, status: int) -> None:
        state = {"terminated": {"exitCode": status, "startedAt": _now(), "finishedAt": _now(), "reason": "Completed"}}
        phase = "Failed" if status else "Succeeded"
        if each.written.get("phase") != phase:
            self._write(each, {"phase": phase}, {"state": state, "ready": False})

    def _write(self, each: Played, status: Object, container: Object) -> None:
        image = {"image": each.container["image"], "imageID": "", "restartCount": 0, "name": each.container["name"]}
        written = {"startTime": _now(), **status, "containerStatuses": [{**image, **container}]}
        self.client.patch(f"{_path(each.pod)}/status", {"status": written})
        each.written = status

    def _answers(self, each: Played) -> bool:
        """What the readiness probe says; a Pod without one is ready."""
        probe = each.container.get("readinessProbe", {}).get("httpGet")
        if probe is None:
            return True
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{each.ports[probe['port']]}{probe['path']}", timeout=2
            ) as it:
                return bool(it.status == 200)
        except OSError:
            return False

    def _end(self, each: Played) -> None:
        """What a kubelet does with a Pod that is deleted."""
        if not each.ending:
            each.ending = True
            with suppress(Refused):
                self._endpoint(each, False)
            if each.process is not None and each.process.poll() is None:
                each.process.terminate()
        if each.process is None or each.process.poll() is not None:
            path = f"{_SLICES.format(each.pod['metadata']['namespace'])}/{each.name}"
            for gone in (path, f"{_path(each.pod)}?gracePeriodSeconds=0"):
                with suppress(Refused):
                    self.client.delete(gone)

    def _endpoint(self, each: Played, ready: bool) -> None:
        """Tell whoever calls the Service of the Pod whether it may be called."""
        namespace, labels = each.pod["metadata"]["namespace"], each.pod["metadata"]["labels"]
        for service in self.client.get(f"{_CORE}/namespaces/{namespace}/services")["items"]:
            [port] = service["spec"]["ports"]
            if port["targetPort"] == "webhook" and service["spec"]["selector"].items() <= labels.items():
                self._slice(each, service["metadata"]["name"], port["name"], ready)

    def _slice(self, each: Played, service: str, port: str, ready: bool) -> None:
        collection = _SLICES.format(each.pod["metadata"]["namespace"])
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


def scraped(each: Played) -> str:
    """The metrics of the Pod."""
    with urllib.request.urlopen(f"http://127.0.0.1:{each.ports['health']}/metrics", timeout=5) as answer:
        found: str = answer.read().decode()
        return found


def logged(each: Played) -> list[Object]:
    """What the Pod has logged, as JSON."""
    return [json.loads(line) for line in each.log.read_text().splitlines() if line.startswith("{")]


def _path(pod: Object) -> str:
    return f"{_CORE}/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
