"""Helpers of the tests that follow a cluster: objects, a network that can be broken, and a patient question."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ours import ours
from waiting import until

from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client
from admission.cluster.informer import Informer, Parts, Watching
from admission.cluster.reflector import Pace
from admission.errors import ConfigurationError
from admission.model.document import Document
from admission.model.settings import Settings
from admission.policy.resource import PolicySet

QUICK = Pace(0.1, 0.5)


def template(name: str, image: str = "alpine", kind: str = "WorkflowTemplate", **metadata: Any) -> Document:
    templates = [{"name": "main", "container": {"image": image}}]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **({"namespace": "default"} if kind == "WorkflowTemplate" else {}), **metadata},
        "spec": {"entrypoint": "main", "templates": templates},
    }


def policy(name: str, expression: str) -> Document:
    return ours("WorkflowPolicy", name, title="A test.", validations=[{"expression": expression, "message": "no"}])


def binding(name: str, of: str) -> Document:
    return ours("WorkflowPolicyBinding", name, policyName=of, validationActions=["Deny"])


def decode(data: Mapping[str, str]) -> Document:
    """The ConfigMap of these tests says all in one key."""
    try:
        found: Document = json.loads(data.get("config", "{}"))
    except ValueError as error:
        raise ConfigurationError(f"config: {error}") from error
    return found


@contextmanager
def following(client: Client, watching: Watching | None = None, **parts: Any) -> Iterator[Informer]:
    """An informer of all kinds that has its first lists."""
    given = Parts(
        settings=Settings(),
        load=lambda documents, before: PolicySet.load(documents, previous=before),
        decode=decode,
        **parts,
    )
    informer = Informer(client, watching or watched(), given)
    informer.start()
    try:
        until(lambda: not informer.unready())
        yield informer
    finally:
        informer.stop()


def watched(**more: Any) -> Watching:
    """Everything, with short waits after failures."""
    return Watching(controller_namespace="argo", controller_config="workflow-controller-configmap", pace=QUICK, **more)


@dataclass
class Cable:
    """A TCP connection to the API server that a test can cut, or make swallow everything."""

    target: tuple[str, int]
    silent: bool = False
    made: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection that there is."""
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                try:
                    there = socket.create_connection(self.target)
                except OSError:
                    here.close()
                    continue
                self.made += 1
                self._open |= {here, there}
                for each in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=each, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(2**16):
                if not self.silent:
                    sink.sendall(chunk)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            self._open.discard(each)


@contextmanager
def cable(plane: ControlPlane, folder: Path) -> Iterator[tuple[Cable, Client]]:
    """A cable to the API server, and a client at its end."""
    kubeconfig = yaml.safe_load(plane.kubeconfig.read_text())
    [cluster] = kubeconfig["clusters"]
    host, _, port = cluster["cluster"]["server"].removeprefix("https://").partition(":")
    made = Cable((host, int(port)))
    cluster["cluster"]["server"] = f"https://{host}:{made.port}"
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(kubeconfig))
    try:
        yield made, Client.connect(str(file))
    finally:
        made.close()
