"""A server on a real TLS socket, in this process."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web

from admission.cluster.certificates import Certificate, authority, leaf
from admission.errors import MalformedReview
from admission.serve.app import Answered, Door, make_app
from admission.serve.health import make_health_app
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.tls import Pair, Tls

CA = authority("tests")
LEAF = leaf(CA, ["webhook.test", "127.0.0.1"])

UID = "3f0c1d5e-0000-4000-8000-000000000001"


def pair(certificate: Certificate) -> Pair:
    return Pair(certificate.certificate, certificate.key)


def review(uid: str = UID, **more: Any) -> bytes:
    """The body of a request about a Workflow."""
    request = {"uid": uid, "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"}, **more}
    return json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()


def decide(endpoint: str, body: bytes, deadline: float) -> Answered:
    """Allows what is a review, as the engine would; ``operation`` names what else should happen."""
    try:
        request = json.loads(body)["request"]
        uid = request["uid"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedReview(f"not an AdmissionReview: {error!r}") from error
    if request.get("operation") == "FAIL":
        raise RuntimeError("the reason that only the log may have")
    if request.get("operation") == "SLEEP":
        time.sleep(float(request["name"]))
    answer = {"response": {"uid": uid, "allowed": True, "endpoint": endpoint, "left": deadline - time.monotonic()}}
    return Answered(body=json.dumps(answer).encode(), kind="Workflow", operation="CREATE", verdict="allowed")


def failed(endpoint: str, body: bytes, code: int, message: str) -> bytes:
    uid = json.loads(body)["request"]["uid"]
    status = {"uid": uid, "allowed": endpoint == "mutate", "status": {"code": code, "message": message}}
    return json.dumps({"response": status}).encode()


@dataclass
class Served:
    """A server, and a client of it."""

    port: int
    client: aiohttp.ClientSession
    metrics: Metrics
    tls: Tls
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})

    async def post(
        self, path: str = "/validate", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, Any], Any]:
        """Status, headers and decoded body of the answer."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = f"https://127.0.0.1:{self.port}{path}"
        async with self.client.post(url, data=review() if body is None else body, headers=sent) as answer:
            return answer.status, dict(answer.headers), json.loads(await answer.read())

    @property
    def in_flight(self) -> float | None:
        """How many requests are being read or reviewed."""
        return self.count("argo_admission_in_flight")

    def count(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


def trusting(**options: Any) -> ssl.SSLContext:
    """A client's context that trusts the CA of these tests."""
    context = ssl.create_default_context(cadata=CA.certificate.decode())
    for name, value in options.items():
        setattr(context, name, value)
    return context


@asynccontextmanager
async def served(
    decide: Callable[[str, bytes, float], Answered] = decide, tls: Tls | None = None, **limits: Any
) -> AsyncIterator[Served]:
    """A server that decides with *decide* and has the default limits but for *limits*."""
    metrics = Metrics()
    door = Door(decide, failed, replace(Limits(workers=4), **limits), metrics)
    if tls is None:
        tls = Tls(lambda: pair(LEAF))
        tls.load()
    runner = web.AppRunner(make_app(door), access_log=None, auto_decompress=False, lingering_time=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.context)
    await site.start()
    connector = aiohttp.TCPConnector(ssl=trusting(), limit=0)
    try:
        async with aiohttp.ClientSession(connector=connector) as client:
            yield Served(runner.addresses[0][1], client, metrics, tls)
    finally:
        await runner.cleanup()
        door.close()


@asynccontextmanager
async def health(unready: Callable[[], list[str]], metrics: Metrics) -> AsyncIterator[Callable[[str], Any]]:
    """The plain port; gives what fetches a path of it as status and text."""
    runner = web.AppRunner(make_health_app(unready, metrics))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as client:

        async def get(path: str) -> tuple[int, str]:
            async with client.get(f"http://127.0.0.1:{runner.addresses[0][1]}{path}") as answer:
                return answer.status, await answer.text()

        yield get
    await runner.cleanup()


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A raw TLS connection."""
    return await asyncio.open_connection("127.0.0.1", port, ssl=trusting())


async def status_line(reader: asyncio.StreamReader) -> int:
    """The status of the answer that comes next."""
    line = await asyncio.wait_for(reader.readline(), 30)
    return int(line.split()[1])


async def until(true: Callable[[], Any]) -> None:
    """Wait until *true* gives something true: long, as a machine may be busy with others."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  (what is waited for has no event)
            await asyncio.sleep(0.01)


class Held:
    """Decides as ``decide`` once it is let go; until then every review waits."""

    def __init__(self) -> None:
        self._go = threading.Event()
        #: The uids of what is reviewed.
        self.seen: list[str] = []

    def __call__(self, endpoint: str, body: bytes, deadline: float) -> Answered:
        self.seen.append(json.loads(body)["request"]["uid"])
        self._go.wait(60)
        return decide(endpoint, body, deadline)

    def let_go(self) -> None:
        self._go.set()


class Records(logging.Handler):
    """What was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
