"""A control plane to which happens whatever can happen to one: parts that end, stand still, and have forgotten."""

from __future__ import annotations

import base64
import json
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.process import Process


class FrailPlane(ControlPlane):
    """The control plane of the tests."""

    def stop_api(self) -> None:
        # It waits for watches to end, which only their clients do.
        self._api.stop(0.5)

    def start_etcd(self) -> None:
        """Start etcd, and wait until the API server is ready again."""
        self._etcd.start()
        self.wait()

    def stop_etcd(self) -> None:
        self._etcd.stop(0.5)

    @contextmanager
    def etcd_paused(self) -> Iterator[None]:
        """Let etcd stand still, with all its connections, as on a machine that is much too slow."""
        with self._paused(self._etcd):
            yield

    @contextmanager
    def api_paused(self) -> Iterator[None]:
        """Let the API server stand still, with all its connections."""
        with self._paused(self._api):
            yield

    def compact(self) -> None:
        """Forget every revision of etcd but the newest: who watches from an older one gets a 410."""
        key = base64.b64encode(b"/").decode()
        revision = self._etcd_call("range", {"key": key})["header"]["revision"]
        self._etcd_call("compaction", {"revision": revision, "physical": True})

    @contextmanager
    def _paused(self, process: Process) -> Iterator[None]:
        process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send(signal.SIGCONT)
        self.wait()

    def _etcd_call(self, method: str, question: dict[str, Any]) -> Any:
        url = f"http://127.0.0.1:{self._etcd_port}/v3/kv/{method}"
        request = urllib.request.Request(url, json.dumps(question).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())
