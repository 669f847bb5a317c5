"""What is counted and measured, for Prometheus. Label values come from fixed sets alone, never from what users send."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.registry import Collector

#: Seconds; the API server waits for 3 (mutating) and 5 (validating) by default.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

#: Distinct sources of findings that are told apart: some 250 rules, and the policies of a cluster.
_SOURCES = 600

# Otherwise every series has a second one, which says since when there is the first.
disable_created_metrics()  # type: ignore[no-untyped-call]

#: The values of a gauge by the values of its labels.
Values = Mapping[tuple[str, ...], float]


#: What a metric is about, and its labels.
About = tuple[str, tuple[str, ...]]

_COUNTERS: dict[str, About] = {
    "requests": (
        "Requests that were answered with an AdmissionReview.",
        ("endpoint", "kind", "operation", "verdict", "code"),
    ),
    "rejected": ("Requests that were refused without a review, by HTTP status.", ("code",)),
    "unknown_kinds": ("Requests about kinds or operations that we do not know; they were allowed.", ()),
    "reloads": ("What was read anew while we run, and whether it could be used.", ("what", "result")),
    "findings": ("Findings by who found them and what they do to the request.", ("source", "action")),
    "policy_evaluations": ("Requests that a policy was asked about.", ("policy",)),
    "policy_errors": ("Requests about which a policy could not decide.", ("policy",)),
    "events": ("Events on objects, and what became of them.", ("result",)),
}

_TIMES: dict[str, About] = {
    "request_seconds": ("Time from the first byte of a request to its answer.", ("endpoint",)),
    "stage_seconds": ("Time of each stage of a review: expand, lint, policies, mutate and look-ups.", ("stage",)),
}

_GAUGES: dict[str, About] = {
    "in_flight": ("Requests that are being read or reviewed.", ()),
    "build_info": ("The version that runs.", ("version",)),
}


class Metrics:
    """The metrics of one process; each has its own registry, so that tests and processes do not share any."""

    def __init__(self, version: str = "") -> None:
        self.registry = CollectorRegistry()
        self._own: list[MetricWrapperBase] = []
        self.requests = self._counter("requests")
        self.rejected = self._counter("rejected")
        self.unknown = self._counter("unknown_kinds")
        self.reloads = self._counter("reloads")
        self.findings = self._counter("findings")
        self.policy_evaluations = self._counter("policy_evaluations")
        self.policy_errors = self._counter("policy_errors")
        self.events = self._counter("events")
        self.seconds = self._time("request_seconds")
        self.stages = self._time("stage_seconds")
        self.in_flight = self._gauge("in_flight")
        self._gauge("build_info").labels(version).set(1)
        self._sources: set[str] = set()
        self._watched: dict[str, About] = {}

    def found(self, source: str, action: str, error: bool = False) -> None:
        """Count a finding. Sources are those of rules and policies; beyond so many of them all others are one."""
        source = self._bounded(source)
        self.findings.labels(source, action).inc()
        if error:
            self.policy_errors.labels(source.removeprefix("policy/")).inc()

    def evaluated(self, policy: str) -> None:
        """Count that a policy was asked."""
        self.policy_evaluations.labels(self._bounded(f"policy/{policy}").removeprefix("policy/")).inc()

    def _bounded(self, source: str) -> str:
        if source not in self._sources and len(self._sources) >= _SOURCES:
            return "other"
        self._sources.add(source)
        return source

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures what is done within."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages.labels(name).observe(time.perf_counter() - started)

    def watch(self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Values]) -> None:
        """Add a gauge whose values *read* gives whenever somebody looks."""
        self._watched[f"argo_admission_{name}"] = text, labels
        self.registry.register(_Watched(f"argo_admission_{name}", text, labels, read))

    def described(self) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
        """Name, type, labels and text of every metric."""
        for metric in self._own:
            [family] = metric.describe()
            suffix = "_total" if family.type == "counter" else ""
            yield f"{family.name}{suffix}", family.type, metric._labelnames, family.documentation
        for name, (text, labels) in self._watched.items():
            yield name, "gauge", labels, text

    def text(self) -> bytes:
        """All of it in Prometheus' format."""
        return generate_latest(self.registry)

    def _counter(self, name: str) -> Counter:
        self._own.append(made := Counter(f"argo_admission_{name}", *_COUNTERS[name], registry=self.registry))
        return made

    def _time(self, name: str) -> Histogram:
        made = Histogram(f"argo_admission_{name}", *_TIMES[name], registry=self.registry, buckets=_BUCKETS)
        self._own.append(made)
        return made

    def _gauge(self, name: str) -> Gauge:
        self._own.append(made := Gauge(f"argo_admission_{name}", *_GAUGES[name], registry=self.registry))
        return made


class _Watched(Collector):
    """A gauge that is read when it is scraped."""

    def __init__(self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Values]) -> None:
        self._describe = (name, text, labels)
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        name, text, labels = self._describe
        family = GaugeMetricFamily(name, text, labels=labels)
        for values, number in self._read().items():
            family.add_metric(values, number)
        yield family
