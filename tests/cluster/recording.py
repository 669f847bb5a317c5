"""A webhook that allows everything and remembers what reached it, behind the product's own HTTP side."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from admission.cluster.certificates import authority, leaf
from admission.cluster.webhooks import Caller
from admission.serve.app import Answered, Door, make_app
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.tls import Pair, Tls

CA = authority("recorder")
LEAF = leaf(CA, ["127.0.0.1"])


class Recorder:
    """The endpoints that were called, with operation, kind and name of each call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str, str]] = []
        self.caller = Caller(ca_bundle=CA.certificate)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._port = 0
        self.start()

    def taken(self) -> list[str]:
        """The endpoints that were called since somebody asked last."""
        found, self.calls = self.calls, []
        return sorted({endpoint for endpoint, *_ in found})

    def start(self) -> None:
        """Listen, on the port of the last time."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        self.caller = Caller(ca_bundle=CA.certificate, url=f"https://127.0.0.1:{self._port}")

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)

    def _decide(self, endpoint: str, body: bytes, deadline: float) -> Answered:
        request = json.loads(body)["request"]
        self.calls.append((endpoint, request["operation"], request["kind"]["kind"], request.get("name", "")))
        review = {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "response": {"uid": request["uid"], "allowed": True},
        }
        return Answered(body=json.dumps(review).encode(), kind="", operation="", verdict="allowed")

    async def _start(self) -> None:
        tls = Tls(lambda: Pair(LEAF.certificate, LEAF.key))
        tls.load()
        door = Door(self._decide, lambda *_: b"", Limits(), Metrics())
        self._runner = web.AppRunner(make_app(door), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=tls.context).start()
        self._port = self._runner.addresses[0][1]


@contextmanager
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    try:
        yield made
    finally:
        made.stop()
