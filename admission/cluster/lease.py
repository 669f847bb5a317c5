"""Which of several replicas writes: whoever holds the Lease, as long as it is renewed in time."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from admission.cluster.client import Client, Refused
from admission.errors import ClusterError
from admission.model.document import Document, mapping, text

log = logging.getLogger("admission.cluster")

LEASES = "/apis/coordination.k8s.io/v1/namespaces/{}/leases"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    The Lease, who we are in it, and its times in seconds.

    Others wait *lease* from the moment at which *they* saw the last change, so that clocks may differ; a leader that
    could not renew for *renew*, which is less, takes itself for none: two never lead at once.
    """

    namespace: str
    name: str = "argo-admission"
    identity: str = ""
    lease: float = 15.0
    renew: float = 10.0
    retry: float = 2.0


def identity(pod: str) -> str:
    """A name that no other process has, a restarted one of the same pod included."""
    return f"{pod}_{secrets.token_hex(4)}"


class Election:
    """
    Asks for the Lease and renews it in a thread of its own; ``leads`` may be asked from any.

    What all replicas should know stands in the annotations of the Lease: *noted* hears of them at every attempt and
    says what they should be, which we write whether we lead or not.
    """

    def __init__(
        self,
        client: Client,
        terms: Terms,
        noted: Callable[[Document], Document] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._terms, self._noted, self._clock = client, terms, noted, clock
        self._collection = LEASES.format(terms.namespace)
        self._path = f"{self._collection}/{terms.name}"
        #: When we last held it for certain, by our own clock; before any clock while we do not.
        self._held = float("-inf")
        #: The record that we saw last of somebody else's, and when we first saw it.
        self._seen: tuple[Document, float] = {}, float("-inf")
        self.changes = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    @property
    def leads(self) -> bool:
        """Whether we may write, now."""
        return self._clock() - self._held < self._terms.renew

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask no more, and leave the Lease to whoever comes next."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(self._terms.retry)
        if self.leads:
            self._release()

    def attempt(self) -> None:
        """Take or renew the Lease if it is free or ours; ``ClusterError`` where that cannot be known or done."""
        led = self.leads
        # From before the request: nobody else counts from an earlier moment.
        asked = self._clock()
        self._held = asked if self._take() else float("-inf")
        if led != self.leads:
            self.changes += 1
            log.info("%s", "we lead from now on" if self.leads else "another replica leads")

    def _run(self) -> None:
        while not self._ending.is_set():
            led = self.leads
            try:
                self.attempt()
            except ClusterError as error:
                # 409: somebody else has written it between our two requests; the next attempt sees what.
                late = isinstance(error, Refused) and error.code == 409
                level = logging.DEBUG if late else logging.WARNING
                log.log(level, "the lease cannot be %s: %s", "renewed" if led else "asked for", error)
            self._ending.wait(self._terms.retry)

    def _take(self) -> bool:
        """Whether the Lease is ours now."""
        try:
            found = self._client.get(self._path, seconds=self._patience)
        except Refused as error:
            if error.code != 404:
                raise
            self._client.create(self._collection, self._held_by_us({}), self._patience)
            return True
        spec = mapping(found.get("spec"))
        if text(spec.get("holderIdentity")) not in ("", self._terms.identity) and not self._ended(spec):
            told = self._told(found)
            if told != found:
                self._client.replace(self._path, told, self._patience)
            return False
        self._client.replace(self._path, self._held_by_us(found), self._patience)
        return True

    def _ended(self, spec: Document) -> bool:
        """Whether somebody else's lease has run out: it has not changed for as long as it lasts."""
        now = self._clock()
        if spec != self._seen[0]:
            self._seen = spec, now
        seconds = spec.get("leaseDurationSeconds")
        return now - self._seen[1] > (seconds if isinstance(seconds, int) else self._terms.lease)

    def _told(self, found: Document) -> Document:
        """The Lease with what all should know."""
        metadata = mapping(found.get("metadata"))
        annotations = self._noted(mapping(metadata.get("annotations")))
        return {**found, "metadata": {**metadata, "annotations": annotations}} if annotations else found

    def _held_by_us(self, found: Document) -> Document:
        """The Lease with us as its holder."""
        spec, now, us = mapping(found.get("spec")), _now(), self._terms.identity
        same = spec.get("holderIdentity") == us
        transitions = spec.get("leaseTransitions")
        held = {
            "holderIdentity": us,
            "leaseDurationSeconds": max(round(self._terms.lease), 1),
            "acquireTime": spec.get("acquireTime") if same else now,
            "renewTime": now,
            "leaseTransitions": (transitions if isinstance(transitions, int) else -1) + (0 if same else 1),
        }
        metadata = found.get("metadata") or {"name": self._terms.name, "namespace": self._terms.namespace}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": held}
        return self._told(lease)

    def _release(self) -> None:
        self._held = float("-inf")
        try:
            found = self._client.get(self._path, seconds=self._patience)
            if mapping(found.get("spec")).get("holderIdentity") == self._terms.identity:
                spec = {**found["spec"], "holderIdentity": "", "leaseDurationSeconds": 1}
                self._client.replace(self._path, self._told({**found, "spec": spec}), self._patience)
        except ClusterError as error:
            log.info("the lease could not be given back, it ends by itself: %s", error)

    @property
    def _patience(self) -> float:
        """Seconds for one request: there must be time for another attempt."""
        return max(self._terms.renew / 3, 1.0)


class Alone:
    """The only process that there is."""

    leads = True
    changes = 0

    def start(self) -> None:
        """Nobody has to be asked."""

    def stop(self) -> None:
        """Nobody waits."""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
