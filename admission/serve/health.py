"""The plain port, for whoever looks after the process: ``/livez``, ``/readyz``, ``/metrics`` (interfaces.md 4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from aiohttp import web

from admission.serve.metrics import Metrics

#: Why the process is not ready; nothing where it is.
Unready: TypeAlias = Callable[[], Sequence[str]]

#: How Prometheus calls its text format.
_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def make_health_app(unready: Unready, metrics: Metrics) -> web.Application:
    """The application of one process."""

    async def reasons() -> Sequence[str]:
        return unready()

    async def text() -> bytes:
        return metrics.text()

    return health_app(reasons, text)


def health_app(
    unready: Callable[[], Awaitable[Sequence[str]]], metrics: Callable[[], Awaitable[bytes]]
) -> web.Application:
    """The application that says of itself what *unready* and *metrics* give."""

    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        reasons = await unready()
        return web.Response(text="".join(f"{line}\n" for line in reasons) or "ok\n", status=503 if reasons else 200)

    async def measured(_: web.Request) -> web.Response:
        return web.Response(body=await metrics(), headers={"Content-Type": _EXPOSITION})

    app = web.Application()
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", measured)
    return app
