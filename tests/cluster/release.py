"""
A release on the control plane: what the chart installs, with processes in place of pods.

There is no kubelet: the pods are ``serve`` processes with the service account's own token, and what a kubelet would
write of their readiness is written into EndpointSlices here. The API server calls the Service at those endpoints, which
must not be loopback addresses: they are this machine's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waiting import until

from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import free_ports
from admission.cluster.client import Client, Refused
from admission.cluster.permissions import PERMISSIONS, Permission
from admission.errors import ClusterError
from admission.model.document import Document

NAME = "hook"

#: What kubectl says where a bad Workflow is refused by us.
DENIED = "there is no template 'nothing'"


def address() -> str:
    """An address of this machine that is no loopback; nothing is sent to find it."""
    # Without a way out the machine may still have an address under its own name.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    names = {str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return next(name for name in sorted(names) if not name.startswith("127."))


@dataclass
class Replica:
    """A process that is a pod."""

    name: str
    port: int
    health: int
    process: subprocess.Popen[bytes]
    log: Path
    ready: bool = False
    reasons: str = ""

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    @property
    def resident(self) -> float:
        """MiB that it has in memory (Linux)."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def metric(self, line: str) -> float | None:
        """The value of the sample that *line*, name and labels, begins with."""
        for each in self.ask("/metrics")[1].splitlines():
            if each.startswith(line):
                return float(each.rpartition(" ")[2])
        return None


@dataclass
class Release:
    """What is installed in *namespace*, and the processes that are its pods."""

    plane: ControlPlane
    folder: Path
    namespace: str
    configuration: Document
    replicas: list[Replica] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _count: int = 0

    @property
    def name(self) -> str:
        """The name of what is cluster-scoped."""
        return f"{NAME}.{self.namespace}"

    @property
    def file(self) -> Path:
        return self.folder / f"{self.namespace}.yaml"

    def install(self) -> None:
        """Everything but pods."""
        self.plane.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})
        self.plane.apply(*self._objects())
        self.file.write_text(json.dumps(self.configuration))
        threading.Thread(target=self._kubelet, daemon=True).start()

    def uninstall(self) -> None:
        self._ending.set()
        for replica in self.replicas:
            replica.process.kill()
            replica.process.wait()
        kinds = "clusterrole,clusterrolebinding,mutatingwebhookconfiguration,validatingwebhookconfiguration"
        self.plane.kubectl("delete", kinds, self.name, "--ignore-not-found", "--wait=false")
        self.plane.kubectl("delete", "namespace", self.namespace, "--wait=false")

    def start(self) -> Replica:
        """One more pod."""
        self._count += 1
        name, (port, health) = f"{NAME}-{self._count}", free_ports(2)
        kubeconfig = self.plane.as_service_account(self.namespace, NAME)
        ports = {"host": "0.0.0.0", "webhook": port, "healthHost": "127.0.0.1", "health": health}
        own = {**self.configuration, "ports": ports, "cluster": {"kubeconfig": str(kubeconfig)}}
        file, log = self.folder / f"{self.namespace}-{name}.yaml", self.folder / f"{self.namespace}-{name}.log"
        file.write_text(json.dumps(own))
        container = {"name": "serve", "image": "argo-admission"}
        pod = {"metadata": self._metadata(name), "spec": {"serviceAccountName": NAME, "containers": [container]}}
        self.plane.apply({"apiVersion": "v1", "kind": "Pod", **pod})
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "admission", "serve", "--config", str(file)],
                stderr=output,
                env={**os.environ, "POD_NAME": name, "POD_NAMESPACE": self.namespace},
            )
        replica = Replica(name, port, health, process, log)
        self.replicas.append(replica)
        return replica

    def until_ready(self, *replicas: Replica, seconds: float = 180) -> None:
        """Wait until these, or all that there are, are ready and behind the Service."""
        wanted = replicas or tuple(self.replicas)
        until(lambda: all(each.ready for each in wanted), seconds)

    def until_asked(self, seconds: float = 180) -> None:
        """Wait until the API server asks us: a dry run that must be denied is."""
        until(lambda: DENIED in self.try_bad().stderr, seconds)

    def try_bad(self) -> subprocess.CompletedProcess[str]:
        """A Workflow that must be denied."""
        return self.plane.kubectl(
            "create", "--dry-run=server", "-f", "-", input=json.dumps(workflow("bad-", bad=True)), check=False
        )

    def try_good(self) -> subprocess.CompletedProcess[str]:
        """A Workflow that must be let in."""
        return self.plane.kubectl(
            "create", "--dry-run=server", "-f", "-", input=json.dumps(workflow("good-")), check=False
        )

    def stop(self, replica: Replica, sign: signal.Signals = signal.SIGTERM) -> None:
        """End a pod, as gracefully as *sign* says."""
        replica.process.send_signal(sign)
        replica.process.wait(60)
        self.forget(replica)

    def forget(self, replica: Replica) -> None:
        self.replicas.remove(replica)
        self.plane.kubectl("delete", "endpointslice,pod", replica.name, "-n", self.namespace, "--wait=false", "--force")

    def configured(self, kind: str) -> Document | None:
        """One of the webhook configurations."""
        done = self.plane.kubectl("get", f"{kind}webhookconfiguration", self.name, "-o", "json", check=False)
        found: Document | None = json.loads(done.stdout) if done.stdout else None
        return found

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``argo-admission`` as an administrator."""
        return subprocess.run(
            [sys.executable, "-m", "admission", *arguments],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env=self.plane.environment(),
        )

    def _metadata(self, name: str = NAME, **more: Any) -> Document:
        return {"name": name, "namespace": self.namespace, **more}

    def _objects(self) -> Iterator[Document]:
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": self._metadata()}
        ports = [{"name": "webhook", "port": 443, "targetPort": "webhook"}]
        yield {"apiVersion": "v1", "kind": "Service", "metadata": self._metadata(), "spec": {"ports": ports}}
        # As the chart has them: there, and empty.
        yield {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": self._metadata()}
        yield {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": self._metadata(), "spec": {}}
        written = json.dumps(self.configuration)
        data = {"configuration.yaml": written}
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": self._metadata(), "data": data}
        yield from self._roles()

    def _roles(self) -> Iterator[Document]:
        group, account = (
            "rbac.authorization.k8s.io",
            {"kind": "ServiceAccount", "name": NAME, "namespace": self.namespace},
        )
        by_scope = {"cluster": "", "release": self.namespace, "controller": "argo"}
        for scope, namespace in by_scope.items():
            rules = [self._rule(each) for each in PERMISSIONS if each.scope == scope]
            where = {"namespace": namespace} if namespace else {}
            kind, metadata = ("Role" if namespace else "ClusterRole"), {"name": self.name, **where}
            yield {"apiVersion": f"{group}/v1", "kind": kind, "metadata": metadata, "rules": rules}
            yield {
                "apiVersion": f"{group}/v1",
                "kind": f"{kind}Binding",
                "metadata": metadata,
                "roleRef": {"apiGroup": group, "kind": kind, "name": self.name},
                "subjects": [account],
            }

    def _rule(self, permission: Permission) -> Document:
        names = {
            "webhooks": self.name,
            "owner": self.name,
            "lease": NAME,
            "secret": NAME,
            "controller-config": "workflow-controller-configmap",
        }
        rule = {"apiGroups": [permission.group], "resources": [permission.resource], "verbs": [*permission.verbs]}
        return {**rule, **({"resourceNames": [names[permission.name]]} if permission.name else {})}

    def _kubelet(self) -> None:
        """Write what a kubelet would of the readiness of every pod."""
        api = client(self.plane)
        while not self._ending.wait(0.2):
            for replica in list(self.replicas):
                code, replica.reasons = replica.ask("/readyz")
                if (code == 200) != replica.ready:
                    # An API server that is away hears of it at the next look.
                    with contextlib.suppress(ClusterError):
                        self._endpoint(api, replica, code == 200)
                        replica.ready = code == 200

    def _endpoint(self, api: Client, replica: Replica, ready: bool) -> None:
        target = {"kind": "Pod", "namespace": self.namespace, "name": replica.name}
        slice = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": self._metadata(replica.name, labels={"kubernetes.io/service-name": NAME}),
            "addressType": "IPv4",
            "endpoints": [{"addresses": [address()], "conditions": {"ready": ready}, "targetRef": target}],
            "ports": [{"name": "webhook", "port": replica.port}],
        }
        if replica not in self.replicas:
            return
        path = f"/apis/discovery.k8s.io/v1/namespaces/{self.namespace}/endpointslices"
        try:
            api.create(path, slice)
        except Refused as error:
            if error.code != 409:
                raise
            api.patch(f"{path}/{replica.name}", {"endpoints": slice["endpoints"]})


def workflow(prefix: str, *, bad: bool = False, namespace: str = "default") -> Document:
    templates = [{"name": "main", "container": {"image": "alpine:3.20"}}]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": prefix, "namespace": namespace},
        "spec": {"entrypoint": "nothing" if bad else "main", "templates": templates},
    }


def configuration(namespace: str, **sections: Any) -> Document:
    """The configuration of a release, with short times."""
    name = f"{NAME}.{namespace}"
    made = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "AdmissionConfiguration",
        "tls": {
            "selfManaged": {"secret": {"name": NAME, "namespace": namespace}, "settleSeconds": 1},
            "reloadSeconds": 0.2,
        },
        "webhooks": {
            "manage": True,
            "name": name,
            "service": {"name": NAME, "namespace": namespace},
            "owner": {"name": name},
            "intervalSeconds": 0.5,
        },
        "leaderElection": {
            "enabled": True,
            "name": NAME,
            "namespace": namespace,
            # Long enough for a busy machine: nobody loses the Lease who is only slow.
            "leaseSeconds": 6,
            "renewSeconds": 4.5,
            "retrySeconds": 0.3,
        },
        "limits": {"drainSeconds": 1},
        "log": {"format": "json"},
    }
    return {**made, **{name: {**made.get(name, {}), **section} for name, section in sections.items()}}  # type: ignore[dict-item]


@contextmanager
def release(plane: ControlPlane, folder: Path, namespace: str, **sections: Any) -> Iterator[Release]:
    """A release without pods; away at the end, with all that it made."""
    plane.apply(*definitions())
    plane.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argo"}})
    made = Release(plane, folder, namespace, configuration(namespace, **sections))
    made.install()
    try:
        yield made
    finally:
        made.uninstall()


def client(plane: ControlPlane) -> Client:
    return Client.connect(str(plane.kubeconfig))
