"""A Pod as a process of this machine: its files, its environment, and how it is (``chart_node.py`` says for what)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from image_steps import ROOT, entrypoint

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import free_ports
from admission.cluster.client import Client

Object = dict[str, Any]

_CORE = "/api/v1"


class Played:
    """The Pod *pod*, whose files are laid out below *folder*."""

    def __init__(self, plane: ControlPlane, client: Client, pod: Object, folder: Path) -> None:
        self.pod, self.folder = pod, folder
        self._plane, self._client = plane, client
        folder.mkdir(parents=True)
        names = [each["name"] for each in self.container.get("ports", ())]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.process: subprocess.Popen[bytes] | None = None
        #: What was written of it last.
        self.ready: bool | None = None
        self.phase = ""
        self.ending = False

    @property
    def name(self) -> str:
        found: str = self.pod["metadata"]["name"]
        return found

    @property
    def namespace(self) -> str:
        found: str = self.pod["metadata"]["namespace"]
        return found

    @property
    def path(self) -> str:
        """Where the API server has it."""
        return f"{_CORE}/namespaces/{self.namespace}/pods/{self.name}"

    @property
    def container(self) -> Object:
        found: Object = self.pod["spec"]["containers"][0]
        return found

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def begin(self) -> None:
        """Lay out the files and start the process."""
        for mount in self.container["volumeMounts"]:
            [volume] = [each for each in self.pod["spec"]["volumes"] if each["name"] == mount["name"]]
            self._mount(self.folder / mount["mountPath"].lstrip("/"), volume)
        self.start()

    def start(self) -> None:
        """Start the process, for the first time or again."""
        program, *words = entrypoint()
        command = [str(ROOT / ".venv/bin" / program), *words, *map(self._here, self.container.get("args", ()))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=dict(self._environment()), cwd=self.folder, stdout=log, stderr=log
            )
        self.ready = None

    def answers(self) -> bool:
        """What the readiness probe says; a Pod without one is ready."""
        probe = self.container.get("readinessProbe", {}).get("httpGet")
        if probe is None:
            return True
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.ports[probe['port']]}{probe['path']}", timeout=10
            ) as it:
                return bool(it.status == 200)
        except OSError:
            return False

    def measured(self) -> str:
        """Its metrics."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['health']}/metrics", timeout=30) as answer:
            found: str = answer.read().decode()
            return found

    def logged(self) -> list[Object]:
        """What it has logged, as JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def _mount(self, place: Path, volume: Object) -> None:
        place.mkdir(parents=True, exist_ok=True)
        where = f"{_CORE}/namespaces/{self.namespace}"
        if "configMap" in volume:
            found = self._client.get(f"{where}/configmaps/{volume['configMap']['name']}")
            for name, content in found.get("data", {}).items():
                (place / name).write_text(self._configured(content))
        elif "secret" in volume:
            found = self._client.get(f"{where}/secrets/{volume['secret']['secretName']}")
            for name, content in found.get("data", {}).items():
                (place / name).write_bytes(base64.b64decode(content))
        elif "projected" in volume:
            (place / "token").write_text(self._token())
            (place / "namespace").write_text(self.namespace)

    def _configured(self, text: str) -> str:
        """A file of a ConfigMap: ours with the ports that this Pod has, and mounts where they are here."""
        for mount in self.container["volumeMounts"]:
            text = text.replace(f"{mount['mountPath']}/", f"{self.folder}{mount['mountPath']}/")
        document = yaml.safe_load(text)
        if not isinstance(document, dict) or "ports" not in document:
            return text
        return yaml.safe_dump({**document, "ports": {**document["ports"], **self.ports}})

    def _here(self, word: str) -> str:
        """An argument; where it is the path of a mounted file, that which it has here."""
        mounts = tuple(f"{mount['mountPath']}/" for mount in self.container["volumeMounts"])
        return f"{self.folder}{word}" if word.startswith(mounts) else word

    def _token(self) -> str:
        """A token of the account of the Pod, bound to it, as a kubelet asks for it."""
        bound = {"apiVersion": "v1", "kind": "Pod", "name": self.name, "uid": self.pod["metadata"]["uid"]}
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"boundObjectRef": bound}}
        account = self.pod["spec"]["serviceAccountName"]
        path = f"{_CORE}/namespaces/{self.namespace}/serviceaccounts/{account}/token"
        token: str = self._client.create(path, request)["status"]["token"]
        return token

    def _environment(self) -> Iterator[tuple[str, str]]:
        yield "PATH", f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"
        yield "HOME", str(self.folder)
        yield "TMPDIR", str(self.folder / "tmp")
        yield "KUBECONFIG", str(self._kubeconfig())
        for variable in self.container.get("env", ()):
            yield variable["name"], variable["value"] if "value" in variable else self._field(variable["valueFrom"])

    def _kubeconfig(self) -> Path:
        """The account of the Pod, for a client that is not where it looks for the token of one."""
        [token] = self.folder.rglob("token")
        document = yaml.safe_load(self._plane.kubeconfig.read_text())
        document["users"] = [{"name": document["users"][0]["name"], "user": {"tokenFile": str(token)}}]
        file = self.folder / "kubeconfig"
        file.write_text(yaml.safe_dump(document))
        return file

    def _field(self, source: Object) -> str:
        """A field of the Pod, by the downward API."""
        value: Any = self.pod
        for step in source["fieldRef"]["fieldPath"].split("."):
            value = value[step]
        return str(value)
