"""The server: configuration, world, engine and HTTP put together."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from admission.cli.server import logs, measured
from admission.cli.server.auditing import Auditor, Plan
from admission.cli.server.reviewer import Reviewer
from admission.cli.server.upkeep import Upkeep, client_of, pod_name, upkeep
from admission.cli.server.world import World, world
from admission.cluster.events import Events
from admission.config import load, settings
from admission.model.catalog import AnyAnswer, Question
from admission.model.document import Document, mapping
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.server import Ports, Service, run
from admission.serve.tls import Source, Tls
from admission.serve.tracing import Tracer
from admission.serve.workers import command_line, end_with_parent, supervise

log = logging.getLogger("admission")

#: Seconds beside those of the drain and the last review that a process has to end.
_GRACE = 5.0


def several(config: str, count: int) -> int:
    """Serve with *count* processes as the file *config* says, until SIGTERM; the exit status."""
    configuration = load(config)
    logs.configure(configuration["log"]["level"], configuration["log"]["format"])
    limits = configuration["limits"]
    grace = limits["drainSeconds"] + limits["seconds"] + _GRACE
    return supervise(count, partial(command_line, config), _ports(configuration), grace)


def serve(config: str, worker: str | None = None) -> int:
    """
    Serve as the file *config* says, until SIGTERM; the exit status. ``ConfigurationError`` where that cannot be.

    *worker* is what one of several processes is told: its number, the shared port, where to tell that of its health.
    """
    if worker is not None:
        end_with_parent()
    configuration = load(config)
    logs.configure(configuration["log"]["level"], configuration["log"]["format"])
    metrics = Metrics(_version())
    parts: list[Callable[[], Sequence[str]]] = []
    beside = upkeep(configuration, lambda: not any(part() for part in parts))
    tls = _tls(configuration["tls"], beside.source)
    ours = world(
        configuration,
        lambda good: metrics.reloads.labels("policies", "used" if good else "problems").inc(),
        lambda: beside.leadership.leads,
    )
    events = _events(configuration, metrics)
    tracer = _tracer(configuration)
    lookups = configuration["catalog"]["lookups"]
    reviewer = Reviewer(ours, settings(configuration), lookups, beside.sightings, metrics, events, tracer)
    auditor = _auditor(configuration, ours, beside)
    parts += [ours.unready, reviewer.unready, tls.unready]
    measured.watch(metrics, ours, tls, beside, auditor)
    log.info("argo-admission %s starts", _version())
    with _running(ours, beside, auditor, events):
        threading.Thread(target=reviewer.warm, name="warm", daemon=True).start()
        run(replace(_service(configuration, ours, reviewer, tls, metrics, worker), tracer=tracer))
    return 0


class _Runs(Protocol):
    """What goes on beside answering."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@contextmanager
def _running(*parts: _Runs | None) -> Iterator[None]:
    """Those *parts* that there are, started one after the other and stopped the other way round."""
    with ExitStack() as stack:
        for part in parts:
            if part is not None:
                part.start()
                stack.callback(part.stop)
        yield


def _tracer(configuration: Document) -> Tracer | None:
    """What traces requests; None where nobody wants that."""
    section = configuration["tracing"]
    if "endpoint" not in section:
        return None
    return Tracer(section["endpoint"], section["ratio"], {"service.version": _version(), "k8s.pod.name": pod_name()})


def _events(configuration: Document, metrics: Metrics) -> Events | None:
    """What writes events; None where nobody wants any."""
    section = configuration["events"]
    if not section["enabled"]:
        return None
    return Events(
        client_of(configuration), pod_name(), section["perMinute"], lambda result: metrics.events.labels(result).inc()
    )


def _auditor(configuration: Document, ours: World, beside: Upkeep) -> Auditor | None:
    """What audits a cluster as often as *configuration* says; None for never."""
    section = configuration["audit"]
    if not section["intervalSeconds"]:
        return None
    plan = Plan(
        interval=section["intervalSeconds"],
        reports=section["reports"],
        version=section["reportsVersion"],
        name=configuration["webhooks"]["name"],
    )

    def answers(questions: frozenset[Question]) -> Mapping[Question, AnyAnswer]:
        return ours.answer(questions, configuration["catalog"]["lookups"], float("inf"))

    client = client_of(configuration)
    return Auditor(client, lambda: ours.snapshot, answers, lambda: beside.leadership.leads, plan)


def _tls(section: Document, source: Source) -> Tls:
    """The serving certificate, by the section ``tls`` of a configuration."""
    tls = Tls(source, section["minimumVersion"], section.get("clientCA"))
    if "secret" in mapping(section.get("selfManaged")):
        # The API server may be away, or somebody has broken the Secret: we wait, and say why we are not ready.
        tls.reload()
    else:
        tls.load()
    return tls


def _service(
    configuration: Document, ours: World, reviewer: Reviewer, tls: Tls, metrics: Metrics, worker: str | None
) -> Service:
    limits = configuration["limits"]
    workers = {"workers": configuration["workers"]} if "workers" in configuration else {}

    def unready() -> list[str]:
        return [*ours.unready(), *reviewer.unready()]

    return Service(
        decide=reviewer.decide,
        failed=reviewer.failed,
        unready=unready,
        tls=tls,
        metrics=metrics,
        limits=Limits(
            body=limits["bodyBytes"],
            in_flight=limits["inFlight"],
            seconds=limits["seconds"],
            margin=limits["marginSeconds"],
            **workers,
        ),
        ports=_ports(configuration, worker),
        drain=limits["drainSeconds"],
        certificate_seconds=configuration["tls"]["reloadSeconds"],
        started=partial(_started, worker),
    )


def _ports(configuration: Document, worker: str | None = None) -> Ports:
    ports = configuration["ports"]
    if worker is not None:
        return Ports(
            host=ports["host"], port=int(worker.split(":")[1]), health_host="127.0.0.1", health_port=0, shared=True
        )
    return Ports(
        host=ports["host"], port=ports["webhook"], health_host=ports["healthHost"], health_port=ports["health"]
    )


def _started(worker: str | None, port: int, health: int) -> None:
    log.info("serving", extra={"port": port, "health": health})
    if worker is not None:
        os.write(int(worker.split(":")[2]), f"{health}\n".encode())


def _version() -> str:
    try:
        return version("argo-admission")
    except PackageNotFoundError:
        return "unknown"
