"""A real control plane on this machine: etcd, API server and controller manager on loopback, and kubectl."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from admission.cli.demo.credentials import Credentials
from admission.cli.demo.go import KUBERNETES, built
from admission.cli.demo.process import Process, free_ports
from admission.errors import ClusterError
from admission.model.document import Document

#: Seconds to the first answer: 7 on a quiet machine.
_START = 120.0

#: Seconds for one call of kubectl; the API server itself gives up after 60.
_KUBECTL = 90.0


class ControlPlane:
    """
    The control plane, with its data, credentials and logs in *folder*.

    ``kubeconfig`` is that of an administrator.
    """

    def __init__(self, folder: Path, program: Path | None = None) -> None:
        self.folder = folder
        self._program = program or built(KUBERNETES)
        self._etcd_port, self._peer_port, self._api_port, self._manager_port = free_ports(4)
        self.server = f"https://127.0.0.1:{self._api_port}"
        self.credentials = Credentials(folder / "credentials", self.server)
        self.credentials.write()
        self.kubeconfig = self.credentials.user("admin", "system:masters")
        self.programs = folder / "bin"
        self._kubectl = _named(self._program, self.programs / "kubectl")
        self._etcd = self._process("etcd", self._etcd_flags())
        self._api = self._process("kube-apiserver", self._api_flags())
        self._manager = self._process("kube-controller-manager", self._manager_flags())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start all of it, and wait until Pods could be made in the namespace ``default``."""
        try:
            self._etcd.start()
            self.start_api()
            self._manager.start()
            self._manager.until(lambda: self.has("serviceaccount", "default"), _START)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for process in (self._manager, self._api, self._etcd):
            process.stop(2)

    def start_api(self) -> None:
        """Start the API server, and wait until it is ready."""
        self._api.start()
        self.wait()

    def wait(self) -> None:
        """Wait until the API server is ready."""
        self._api.until(self._ready, _START)

    def kubectl(
        self,
        *arguments: str,
        input: str | None = None,
        check: bool = True,
        kubeconfig: Path | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """What kubectl answers; ``ClusterError`` where that is an error and *check* is true."""
        done = subprocess.run(
            [str(self._kubectl), "--kubeconfig", str(kubeconfig or self.kubeconfig), *arguments],
            input=input,
            capture_output=True,
            text=True,
            timeout=_KUBECTL,
            check=False,
            env=self.environment(kubeconfig),
            cwd=cwd,
        )
        if check and done.returncode:
            raise ClusterError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done

    def apply(self, *documents: Document) -> None:
        """Apply *documents*, and wait for the kinds among them to be served."""
        self.kubectl("apply", "-f", "-", input="\n".join(map(json.dumps, documents)))
        kinds = [f"crd/{each['metadata']['name']}" for each in documents if each["kind"] == "CustomResourceDefinition"]
        if kinds:
            self.kubectl("wait", "--for=condition=Established", "--timeout=60s", *kinds)

    def environment(self, kubeconfig: Path | None = None) -> dict[str, str]:
        """The environment in which ``kubectl`` is ours and talks to this cluster."""
        # Discovery is cached by host and port, and another cluster may have had ours.
        return {
            **os.environ,
            "KUBECONFIG": str(kubeconfig or self.kubeconfig),
            "KUBECACHEDIR": str(self.folder / "cache"),
            "PATH": f"{self.programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }

    def has(self, kind: str, name: str, namespace: str = "default") -> bool:
        return not self.kubectl("get", kind, name, "-n", namespace, check=False).returncode

    def as_user(self, name: str, *groups: str) -> Path:
        """A kubeconfig of the user *name* in *groups*."""
        return self.credentials.user(name, *groups)

    def as_service_account(self, namespace: str, name: str) -> Path:
        """A kubeconfig of a service account that is there."""
        token = self.kubectl("create", "token", name, "-n", namespace).stdout.strip()
        return self.credentials.bearer(f"{namespace}.{name}", token)

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def _process(self, name: str, flags: Iterable[str]) -> Process:
        self.logs.mkdir(parents=True, exist_ok=True)
        command = [str(self._program), name, *(f"--{flag}" for flag in flags)]
        return Process(name, command, self.logs / f"{name}.log", {"CONTROLPLANE_TIED": "yes"})

    def _etcd_flags(self) -> list[str]:
        client, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{self._peer_port}"
        return [
            f"data-dir={self.folder / 'etcd'}",
            f"listen-client-urls={client}",
            f"advertise-client-urls={client}",
            f"listen-peer-urls={peer}",
            f"initial-advertise-peer-urls={peer}",
            f"initial-cluster=default={peer}",
            "unsafe-no-fsync",
        ]

    def _api_flags(self) -> list[str]:
        file = self.credentials.file
        return [
            f"etcd-servers=http://127.0.0.1:{self._etcd_port}",
            "bind-address=127.0.0.1",
            "advertise-address=127.0.0.1",
            "endpoint-reconciler-type=none",
            f"secure-port={self._api_port}",
            f"cert-dir={self.credentials.folder}",
            f"tls-cert-file={file('serving.crt')}",
            f"tls-private-key-file={file('serving.key')}",
            f"client-ca-file={file('ca.crt')}",
            f"admission-control-config-file={file('admission.yaml')}",
            "service-account-issuer=https://kubernetes.default.svc",
            f"service-account-key-file={file('tokens.crt')}",
            f"service-account-signing-key-file={file('tokens.key')}",
            "service-cluster-ip-range=10.0.0.0/24",
            "authorization-mode=RBAC",
            # A webhook behind a Service is called at its endpoints: there is no proxy for cluster addresses here.
            "enable-aggregator-routing=true",
            # Else it refuses privileged Pods itself, and nobody sees what a webhook would have said.
            "allow-privileged=true",
        ]

    def _manager_flags(self) -> list[str]:
        file, user = self.credentials.file, self.credentials.user("system:kube-controller-manager")
        return [
            f"kubeconfig={user}",
            "bind-address=127.0.0.1",
            f"secure-port={self._manager_port}",
            f"cert-dir={self.credentials.folder}",
            "leader-elect=false",
            f"service-account-private-key-file={file('tokens.key')}",
            f"root-ca-file={file('ca.crt')}",
            "use-service-account-credentials=true",
        ]

    def _ready(self) -> bool:
        trusting = ssl.create_default_context(cadata=self.credentials.authority.certificate.decode())
        connection = http.client.HTTPSConnection("127.0.0.1", self._api_port, timeout=5, context=trusting)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _named(program: Path, link: Path) -> Path:
    """*program* under the name by which it knows which of its programs is meant."""
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(program)
    return link
