"""The process around the application: ports, signals and a graceful end."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from admission.serve.app import Decide, Door, Failed, make_app
from admission.serve.health import Unready, make_health_app
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.tls import Tls
from admission.serve.tracing import Tracer

log = logging.getLogger("admission.serve")

#: Seconds for which what still comes of a body that was refused is thrown away, so that the answer is read.
_LINGER = 1.0


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where we listen; port 0 takes any that is free. *shared*: other processes listen on the webhook's, too."""

    host: str = "0.0.0.0"
    port: int = 8443
    health_host: str = "0.0.0.0"
    health_port: int = 8081
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Service:
    """
    Everything that is served, and for how long.

    *drain* is how many seconds we go on serving after we were told to end, until nobody sends us anything any more.
    *background* runs beside it; *started* is told the two ports.
    """

    decide: Decide
    failed: Failed
    unready: Unready
    tls: Tls
    metrics: Metrics
    limits: Limits
    ports: Ports
    tracer: Tracer | None = None
    drain: float = 5.0
    certificate_seconds: float = 5.0
    background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
    started: Callable[[int, int], None] = lambda port, health: None


def run(service: Service) -> None:
    """Serve until SIGTERM or SIGINT."""
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(service))


async def serve(service: Service) -> None:
    """
    Serve until SIGTERM or SIGINT: then not ready at once, still serving for the time of the drain, and the end when
    what was in flight is answered. A second signal ends the process as if there were no handler.
    """
    ending = _signals()
    door, ports = Door(service.decide, service.failed, service.limits, service.metrics, service.tracer), service.ports
    health_app = make_health_app(partial(_unready, service, ending), service.metrics)
    health = await _listen(health_app, ports.health_host, ports.health_port)
    runner = await _listen(make_app(door), ports.host, ports.port, service)
    tasks = _beside(service)
    service.started(_port(runner), _port(health))
    try:
        await ending.wait()
        door.leaving = True
        log.info("told to end: not ready from now on, still serving for %g s", service.drain)
        await asyncio.sleep(service.drain)
    finally:
        await runner.cleanup()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await health.cleanup()
        door.close()
        log.info("ended")


def _unready(service: Service, ending: asyncio.Event) -> list[str]:
    """Why nobody should send us anything."""
    return [*(["shutting down"] if ending.is_set() else []), *service.tls.unready(), *service.unready()]


def _beside(service: Service) -> list[asyncio.Task[None]]:
    """What runs as long as the server does, begun."""
    endless = [each() for each in service.background]
    if service.tracer is not None:
        endless.append(service.tracer.send())
    endless.append(service.tls.follow(service.certificate_seconds, _told(service.metrics)))
    tasks = [asyncio.create_task(each) for each in endless]
    for task in tasks:
        task.add_done_callback(_mourn)
    return tasks


def _signals() -> asyncio.Event:
    """What is set when we are told to end."""
    ending, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        ending.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, end)
    return ending


async def _listen(app: web.Application, host: str, port: int, service: Service | None = None) -> web.AppRunner:
    """*app*, listening; with TLS and the limits of *service* if given."""
    if service is None:
        runner = web.AppRunner(app, access_log=None)
    else:
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=_http_log(),
            auto_decompress=False,
            lingering_time=_LINGER,
            shutdown_timeout=service.limits.seconds + _LINGER,
        )
    await runner.setup()
    tls = service.tls.context if service else None
    shared = service.ports.shared if service else None
    await web.TCPSite(runner, host, port, ssl_context=tls, backlog=512, reuse_port=shared).start()
    return runner


def _http_log() -> logging.Logger:
    """Where what goes wrong with connections is logged, but for bytes that are no HTTP: any client may send such."""
    chosen = logging.getLogger("admission.serve.http")
    chosen.addFilter(_not_of_a_client)
    return chosen


def _not_of_a_client(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, HttpProcessingError) and 400 <= error.code < 500)


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])


def _told(metrics: Metrics) -> Callable[[bool], None]:
    return lambda used: metrics.reloads.labels("certificate", "used" if used else "refused").inc()


def _mourn(task: asyncio.Task[None]) -> None:
    """Something that should run for ever has ended."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a part of the server has ended", exc_info=error)
