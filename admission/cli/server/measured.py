"""
What a server measures besides its requests, and the page of all metrics.

``python -m admission.cli.server.measured docs/metrics.md`` brings the page up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path as File

from admission.cli.server.auditing import Auditor
from admission.cli.server.upkeep import Upkeep
from admission.cli.server.world import Gauge, World
from admission.serve.metrics import Metrics
from admission.serve.tls import Tls

#: What a gauge is about, and its labels.
About = tuple[str, tuple[str, ...]]

#: The gauges that the world fills.
_OF_THE_WORLD: dict[str, About] = {
    "catalog_objects": ("Objects in the catalog.", ("kind",)),
    "catalog_synced": ("Whether the kind has been listed and is watched.", ("kind",)),
    "catalog_age_seconds": ("Seconds since the API server was last heard about the kind.", ("kind",)),
    "catalog_lists": ("How often all objects of the kind were listed.", ("kind",)),
    "policies": ("Policies and bindings that are there.", ("kind",)),
    "policy_problems": ("Reasons why policies or bindings cannot be used as they are written.", ()),
}

#: The gauges that the audit fills.
_OF_THE_AUDIT: dict[str, About] = {
    "audit_objects": ("Objects that the last audit reviewed, by what it found.", ("kind", "result")),
    "audit_timestamp_seconds": ("When the last audit ended.", ()),
}

#: The gauges of what a process does beside answering.
_BESIDE: dict[str, About] = {
    "leader": ("Whether this process is the one that writes.", ()),
    "controller_seen": ("Whether an update by one of controller.users has been seen, by any replica.", ()),
    "duty_problems": ("Whether the last attempt at a duty of the leader failed.", ("duty",)),
    "webhook_configurations": (
        "The state in which the leader found or left each webhook configuration.",
        ("kind", "state"),
    ),
    "webhook_configurations_restored": (
        "How often a webhook configuration that somebody changed was put back.",
        (),
    ),
}

_EXPIRY: About = ("When the serving certificate ends.", ())


def watch(metrics: Metrics, ours: World, tls: Tls, beside: Upkeep, auditor: Auditor | None) -> None:
    """Have *metrics* show all of it whenever somebody looks."""
    sources: list[tuple[dict[str, About], Callable[[], Mapping[str, Gauge]]]] = [
        (_OF_THE_WORLD, ours.gauges),
        (_BESIDE, lambda: of(beside)),
        ({"certificate_expiry_timestamp_seconds": _EXPIRY}, lambda: _expiry(tls)),
    ]
    if auditor is not None:
        sources.append((_OF_THE_AUDIT, auditor.gauges))
    for about, read in sources:
        for name, (text, labels) in about.items():
            metrics.watch(name, text, labels, _one(read, name))


def of(beside: Upkeep) -> dict[str, Gauge]:
    """What there is to measure of what a process does beside answering."""
    leadership, registrar, duties = beside.leadership, beside.registrar, beside.duties
    states: Gauge = {(kind, state.value): 1.0 for kind, state in registrar.states.items()} if registrar else {}
    return {
        "leader": {(): leadership.leads},
        "controller_seen": {(): beside.sightings.any},
        "duty_problems": {(name,): name in duties.problems for name in duties.names},
        "webhook_configurations": states,
        "webhook_configurations_restored": {(): registrar.restored} if registrar else {},
    }


def page() -> str:
    """All metrics as Markdown."""
    made = Metrics()
    for about in (_OF_THE_WORLD, _BESIDE, {"certificate_expiry_timestamp_seconds": _EXPIRY}, _OF_THE_AUDIT):
        for name, (text, labels) in about.items():
            made.watch(name, text, labels, dict)
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {text} |"
        for name, kind, labels, text in sorted(made.described())
    ]
    return "\n".join([*_HEAD, *rows, ""])


_HEAD = (
    "# Metrics",
    "",
    "What `GET /metrics` of the health port shows (made by `python -m admission.cli.server.measured docs/metrics.md`).",
    "Labels have values from fixed sets: nothing that users send becomes one. With `serve --workers N` each sample has",
    "a label `worker` besides.",
    "",
    "| Name | Type | Labels | Meaning |",
    "| --- | --- | --- | --- |",
)


def _one(read: Callable[[], Mapping[str, Gauge]], name: str) -> Callable[[], Gauge]:
    return lambda: read().get(name, {})


def _expiry(tls: Tls) -> dict[str, Gauge]:
    from admission.cluster.certificates import expires

    ends: Gauge = {(): expires(tls.certificate).timestamp()} if tls.loaded else {}
    return {"certificate_expiry_timestamp_seconds": ends}


if __name__ == "__main__":
    File(sys.argv[1]).write_text(page())
