"""The server: configuration, world, engine and HTTP put together."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

import orjson

from admission.cli import logs
from admission.cli.upkeep import Upkeep, gauges, upkeep
from admission.cli.world import Gauge, World, world
from admission.config import load, settings
from admission.engine import Reply, respond
from admission.errors import ClusterError
from admission.model.catalog import Answer, Lookup
from admission.model.document import Document, mapping
from admission.model.review import Needs, Phase, failure, uid_of
from admission.model.settings import Settings
from admission.serve.app import Answered
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.server import Ports, Service, run
from admission.serve.tls import Source, Tls
from admission.snapshot import Snapshot

log = logging.getLogger("admission")

#: How often a review may ask for more before we give up: a template may refer to a template, and that to another.
_ROUNDS = 6

#: Operations that exist; anything else is counted under one name.
_OPERATIONS = frozenset({"CREATE", "UPDATE", "DELETE", "CONNECT"})


#: A small Workflow, which is reviewed once before the first real one.
_WARM = orjson.dumps(
    {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "warm",
            "operation": "CREATE",
            "namespace": "default",
            "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"},
            "object": {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Workflow",
                "metadata": {"generateName": "warm-"},
                "spec": {
                    "entrypoint": "main",
                    "templates": [
                        {"name": "main", "steps": [[{"name": "run", "template": "run"}]]},
                        {"name": "run", "container": {"image": "alpine", "command": ["{{workflow.name}}"]}},
                    ],
                },
            },
        },
    }
)


def serve(config: str) -> int:
    """Serve as the file *config* says, until SIGTERM; the exit status. ``ConfigurationError`` where that cannot be."""
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
    reviewer = Reviewer(ours, settings(configuration), configuration["catalog"]["lookups"])
    parts += [ours.unready, reviewer.unready, tls.unready]
    _measured(metrics, ours, tls, beside)
    log.info("argo-admission %s starts", _version())
    ours.start()
    threading.Thread(target=reviewer.warm, name="warm", daemon=True).start()
    beside.start()
    try:
        run(_service(configuration, ours, reviewer, tls, metrics))
    finally:
        beside.stop()
        ours.stop()
    return 0


class Reviewer:
    """The door of the engine that HTTP opens: from bytes to bytes, with what must be looked up on the way."""

    def __init__(self, ours: World, settings: Settings, lookups: int) -> None:
        self._world, self._settings, self._lookups = ours, settings, lookups
        self.warmed = False

    def decide(self, endpoint: str, body: bytes, deadline: float) -> Answered:
        """The answer to the AdmissionReview in *body*."""
        reply = self._reply(Phase(endpoint), body, deadline)
        # A dry run leaves nothing behind, not even what we know.
        if reply.by_controller and not reply.request.dry_run:
            self._world.saw_controller()
        verdict, request = reply.verdict, reply.request
        self._log(endpoint, reply)
        return Answered(
            body=reply.body,
            kind=request.kind.kind if reply.known else "other",
            operation=request.operation if request.operation in _OPERATIONS else "other",
            verdict="denied" if not verdict.allowed else "changed" if verdict.patch else "allowed",
            code=200 if verdict.allowed else orjson.loads(reply.body)["response"]["status"]["code"],
            known=reply.known,
        )

    def failed(self, endpoint: str, body: bytes, code: int, message: str) -> bytes:
        """The AdmissionReview that tells of a failure of ours."""
        return failure(uid_of(body), Phase(endpoint), code, message)

    def unready(self) -> Sequence[str]:
        """Why nothing can be reviewed yet."""
        return () if self.warmed else ("the rules are not loaded yet",)

    def warm(self) -> None:
        """Review something once, so that nobody waits for what is loaded and compiled on first use."""
        try:
            for phase in Phase:
                respond(_WARM, Snapshot(settings=self._settings), phase)
        except Exception:
            log.exception("the first review failed")
        # What is here now stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        self.warmed = True

    def _reply(self, phase: Phase, body: bytes, deadline: float) -> Reply:
        snapshot, answers, left = self._world.snapshot, dict[Lookup, Answer](), self._lookups
        for _ in range(_ROUNDS):
            reply = respond(body, snapshot, phase, answers)
            if isinstance(reply, Reply):
                return reply
            assert isinstance(reply, Needs)
            answers.update(self._world.answer(reply.questions, left, deadline))
            left = max(left - len(reply.questions), 0)
        raise ClusterError(f"references lead on to others after {_ROUNDS} rounds of look-ups")

    def _log(self, endpoint: str, reply: Reply) -> None:
        """One line for what was denied or let through unseen; the rest only for debugging."""
        request, verdict = reply.request, reply.verdict
        exempt = any(
            subject.concerns(request.user.username, request.user.groups) for subject in self._settings.exempt_subjects
        )
        level = logging.WARNING if exempt else logging.INFO if not verdict.allowed else logging.DEBUG
        if not log.isEnabledFor(level):
            return
        what = "not reviewed, the user is exempt" if exempt else "allowed" if verdict.allowed else "denied"
        fields = {
            "uid": request.uid,
            "endpoint": endpoint,
            "operation": request.operation,
            "kind": request.kind.kind,
            "namespace": request.namespace,
            "object": request.name,
            "user": request.user.username,
            "dry_run": request.dry_run,
            "findings": sorted({finding.source for finding in verdict.findings}),
        }
        log.log(level, what, extra=fields)


def _tls(section: Document, source: Source) -> Tls:
    """The serving certificate, by the section ``tls`` of a configuration."""
    tls = Tls(source, section["minimumVersion"], section.get("clientCA"))
    if "secret" in mapping(section.get("selfManaged")):
        # The API server may be away, or somebody has broken the Secret: we wait, and say why we are not ready.
        tls.reload()
    else:
        tls.load()
    return tls


def _service(configuration: Document, ours: World, reviewer: Reviewer, tls: Tls, metrics: Metrics) -> Service:
    ports, limits = configuration["ports"], configuration["limits"]
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
        ports=Ports(
            host=ports["host"], port=ports["webhook"], health_host=ports["healthHost"], health_port=ports["health"]
        ),
        drain=limits["drainSeconds"],
        certificate_seconds=configuration["tls"]["reloadSeconds"],
        started=lambda port, health: log.info("serving", extra={"port": port, "health": health}),
    )


#: The gauges that the world fills, with their labels.
_GAUGES = {
    "catalog_objects": ("Objects in the catalog.", ("kind",)),
    "catalog_synced": ("Whether the kind has been listed and is watched.", ("kind",)),
    "catalog_age_seconds": ("Seconds since the API server was last heard about the kind.", ("kind",)),
    "catalog_lists": ("How often all objects of the kind were listed.", ("kind",)),
    "policies": ("Policies and bindings that are there.", ("kind",)),
    "policy_problems": ("Reasons why policies or bindings cannot be used as they are written.", ()),
}


def _measured(metrics: Metrics, ours: World, tls: Tls, beside: Upkeep) -> None:
    def reader(name: str) -> Callable[[], Gauge]:
        return lambda: ours.gauges().get(name, {})

    def expiry() -> Mapping[tuple[str, ...], float]:
        from admission.cluster.certificates import expires

        return {(): expires(tls.certificate).timestamp()} if tls.loaded else {}

    for name, (text, labels) in _GAUGES.items():
        metrics.watch(name, text, labels, reader(name))
    metrics.watch("certificate_expiry_timestamp_seconds", "When the serving certificate ends.", (), expiry)
    for name, (text, labels, read) in gauges(beside).items():
        metrics.watch(name, text, labels, read)


def _version() -> str:
    try:
        return version("argo-admission")
    except PackageNotFoundError:
        return "unknown"
