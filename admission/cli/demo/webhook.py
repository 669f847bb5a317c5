"""The webhook as it runs in production: ``argo-admission serve`` as a process of its own, called by the API server."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

import yaml

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process, free_ports
from admission.model.document import Document

#: Seconds until it is ready and the API server asks it.
_START = 180.0

#: How the API server calls what listens on 127.0.0.1. It speaks HTTP/2 to a loopback address or ``localhost``, and
#: HTTP/1.1 to every other host, as in production; this one leads to the same place and is none of them.
_HOST = "0.0.0.0"

#: ``python -m admission``, which ends when whoever started it has been killed and its standard input ends.
_SERVE = """
import os, runpy, sys, threading
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(1)), daemon=True).start()
runpy.run_module("admission", run_name="__main__", alter_sys=True)
"""

#: What is created on trial, to see who is asked: a Workflow that nobody would take.
_TRIAL = json.dumps(
    {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "trial", "namespace": "default"},
        "spec": {},
    }
)


class Webhook:
    """
    The webhook in front of *plane*, which has all kinds already; its files are in *folder*.

    *sections* of its configuration take the place of the usual ones.
    """

    def __init__(self, plane: ControlPlane, folder: Path, **sections: Document) -> None:
        self._plane = plane
        self._port, self._health = free_ports(2)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "configuration.yaml"
        file.write_text(yaml.safe_dump({**self._configuration(folder), **sections}, sort_keys=False))
        command = [sys.executable, "-c", _SERVE, "serve", "--config", str(file)]
        self.process = Process("argo-admission", command, folder / "webhook.log")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.unregister()

    def start(self) -> None:
        """Start it, and wait until the API server asks it before anything is created."""
        self.process.start()
        self.process.until(self._ready, _START)
        self.process.until(self._asked, _START)

    def stop(self) -> None:
        """End it; the webhook configurations stay."""
        self.process.stop()

    def unregister(self) -> None:
        """Remove the webhook configurations."""
        kinds = "mutatingwebhookconfigurations,validatingwebhookconfigurations"
        self._plane.kubectl("delete", kinds, "argo-admission", "--ignore-not-found")

    def answered(self, endpoint: str) -> float:
        """How many requests it has answered at *endpoint* since it was started."""
        counts = (
            line for line in self._get("/metrics")[1].splitlines() if line.startswith("argo_admission_requests_t")
        )
        return sum(float(line.rpartition(" ")[2]) for line in counts if f'endpoint="{endpoint}"' in line)

    def _ready(self) -> bool:
        return self._get("/readyz")[0] == 200

    def _asked(self) -> bool:
        """Whether both configurations are in force: the API server takes a moment to hear of them."""
        self._plane.kubectl("create", "--dry-run=server", "-f", "-", input=_TRIAL, check=False)
        if self.answered("mutate") and self.answered("validate"):
            return True
        time.sleep(0.1)
        return False

    def _get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._health}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def _configuration(self, folder: Path) -> Document:
        kubeconfig = self._plane.as_user("argo-admission", "system:masters")
        return {
            "apiVersion": "argo-admission.io/v1alpha1",
            "kind": "AdmissionConfiguration",
            "ports": {
                "host": "127.0.0.1",
                "webhook": self._port,
                "healthHost": "127.0.0.1",
                "health": self._health,
            },
            "tls": {"selfManaged": {"folder": str(folder / "tls"), "hosts": [_HOST]}},
            "limits": {"drainSeconds": 0.2},
            "cluster": {"kubeconfig": str(kubeconfig)},
            "controller": {"users": ["system:serviceaccount:argo:argo"]},
            "webhooks": {
                "manage": True,
                "url": f"https://{_HOST}:{self._port}",
                "intervalSeconds": 0.5,
            },
        }
