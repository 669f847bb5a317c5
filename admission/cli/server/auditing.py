"""The audit of a running server: the leader reviews what is there, now and then, and writes reports."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from admission.audit import KINDS, Answers, Reviewed, audit
from admission.cli.server.world import Gauge
from admission.cluster import reports
from admission.cluster.client import Client, Refused
from admission.cluster.listing import every
from admission.errors import AdmissionError, ClusterError
from admission.model.document import Document, mapping, text
from admission.model.finding import Action
from admission.policy.resource import PolicySet
from admission.report import policyreport
from admission.report.policyreport import Subject
from admission.snapshot import Snapshot
from admission.trust.author import user_of

log = logging.getLogger("admission.audit")

#: Seconds before the first audit, if the interval is not less: whoever has just begun to lead has other things to do.
_FIRST = 30.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often, and what becomes of it: reports called *name*, of *version*, or none."""

    interval: float
    reports: bool
    version: str
    name: str


class Auditor:
    """Audits in a thread of its own while we lead."""

    def __init__(
        self,
        client: Client,
        snapshot: Callable[[], Snapshot],
        answers: Answers,
        leads: Callable[[], bool],
        plan: Plan,
    ) -> None:
        self._client, self._snapshot, self._answers, self._leads = client, snapshot, answers, leads
        self._plan = plan
        self._objects: dict[tuple[str, ...], float] = {}
        self._ended = 0.0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()

    def gauges(self) -> dict[str, Gauge]:
        """What there is to measure, by the names of the metrics."""
        return {
            "audit_objects": self._objects,
            "audit_timestamp_seconds": {(): self._ended} if self._ended else {},
        }

    def once(self) -> None:
        """Review everything, and write what was found."""
        snapshot, started = self._snapshot(), time.monotonic()
        found = list(self._reviewed(snapshot))
        if self._ending.is_set() or not self._leads():
            return
        self._objects = counted(found)
        if self._plan.reports:
            self._report(found, snapshot)
        self._ended = time.time()
        log.info("audit: %d objects in %.1f s", len(found), time.monotonic() - started)

    def _report(self, found: list[Reviewed], snapshot: Snapshot) -> None:
        made = policyreport.reports(subjects(found), self._plan.name, self._plan.version, severities(snapshot.policies))
        try:
            written = reports.write(self._client, made, self._plan.name, self._plan.version)
        except ClusterError as error:
            # The kind may not be installed, which is said every time; what was found is measured all the same.
            log.error("audit: reports of %s cannot be written: %s", self._plan.version, error)
        else:
            log.info("audit: %d reports written or removed", written)

    def _reviewed(self, snapshot: Snapshot) -> Iterator[Reviewed]:
        begun = time.monotonic()
        for reviewed in audit(existing(self._client), snapshot, user_of, self._answers, datetime.now(UTC)):
            yield reviewed
            if self._ending.is_set() or not self._leads():
                return
            # As much time for requests as for this.
            self._ending.wait(min(time.monotonic() - begun, 1.0))
            begun = time.monotonic()

    def _run(self) -> None:
        wait = min(self._plan.interval, _FIRST)
        while not self._ending.wait(wait):
            wait = self._plan.interval
            if not self._leads():
                # Whoever comes to lead does not wait for a whole interval.
                wait = min(self._plan.interval, _FIRST)
                continue
            try:
                self.once()
            except AdmissionError as error:
                log.error("audit: %s", error)
            except Exception:
                log.exception("audit: a mistake of ours")


def existing(client: Client) -> Iterator[Document]:
    """Everything that is audited; kinds that are not there, or not for us, are left aside."""
    for kind in KINDS:
        try:
            yield from every(client, kind)
        except Refused as error:
            if error.code not in (403, 404):
                raise
            log.warning("audit: %s cannot be listed: %s", kind, error)


def subjects(found: list[Reviewed]) -> list[Subject]:
    """*found* as reports take it."""
    return [Subject(each.document, each.findings, each.skipped) for each in found]


def severities(policies: PolicySet) -> dict[str, str]:
    """The severity of every policy, as its author wrote it."""
    return {name: text(mapping(loaded.spec).get("severity")) for name, loaded in policies.policies.items()}


def counted(found: list[Reviewed]) -> dict[tuple[str, ...], float]:
    """How many objects of each kind would be denied, are warned of, or pass."""
    counts: dict[tuple[str, ...], float] = {}
    for each in found:
        actions = {finding.action for finding in each.findings}
        result = "fail" if Action.DENY in actions else "warn" if Action.WARN in actions else "pass"
        key = (text(each.document.get("kind")), result)
        counts[key] = counts.get(key, 0) + 1
    return counts
