"""Events on objects that were denied or changed: what users see with ``kubectl get events``."""

from __future__ import annotations

import logging
import queue
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from admission.cluster.client import Client
from admission.errors import ClusterError
from admission.model.document import Document

log = logging.getLogger("admission.cluster")

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

#: Who reports.
COMPONENT = "argo-admission"

#: Events that wait to be written; what comes when there are more is only counted.
_WAITING = 1000

#: Namespaces and repetitions that are remembered.
_REMEMBERED = 4096

#: Seconds for which the same is not said again.
_REPEATED = 300.0

#: Characters of a message that Kubernetes takes.
_LONGEST = 1024

_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an object: *denied* it, or else changed it."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str
    denied: bool
    message: str

    def document(self, instance: str, now: datetime) -> Document:
        """It as Kubernetes takes it, told by the process called *instance*."""
        # Where it is about something without a namespace, Kubernetes wants it in this one.
        namespace, moment = self.namespace or "default", now.strftime("%Y-%m-%dT%H:%M:%SZ")
        involved = {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
        }
        name = re.sub(r"[^a-z0-9.-]", "", self.name.lower())[:200].strip("-.") or self.kind.lower()
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{name}.{secrets.token_hex(8)}", "namespace": namespace},
            "involvedObject": {key: value for key, value in involved.items() if value},
            "type": "Warning" if self.denied else "Normal",
            "reason": "Denied" if self.denied else "Changed",
            "action": "Admission",
            "message": _cut(self.message),
            "source": {"component": COMPONENT},
            "reportingComponent": COMPONENT,
            "reportingInstance": instance,
            "firstTimestamp": moment,
            "lastTimestamp": moment,
            "count": 1,
        }


class Allowance:
    """So many a minute in each namespace, of which all may come at once; the same thing only once in a while."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = float(per_minute), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._said: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def takes(self, event: Event) -> bool:
        """Whether *event* may be written."""
        now = self._clock()
        key = (event.namespace, event.kind, event.name, event.message)
        if now - self._said.get(key, float("-inf")) < _REPEATED:
            return False
        left, then = self._left.get(event.namespace, (self._most, now))
        left = min(left + (now - then) * self._most / 60, self._most)
        allowed = left >= 1
        _remember(self._left, event.namespace, (left - allowed, now))
        if allowed:
            _remember(self._said, key, now)
        return allowed


class Events:
    """Writes events in a thread of its own, as many as are allowed; *told* hears what became of each."""

    def __init__(self, client: Client, instance: str, per_minute: int, told: Callable[[str], None]) -> None:
        self._client, self._instance, self._told = client, instance, told
        self._allowance = Allowance(per_minute)
        self._lock = threading.Lock()
        self._waiting: queue.Queue[Event | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write nothing more."""
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            # It is a daemon: it ends with the process.
            return

    def publish(self, event: Event) -> None:
        """Have *event* written soon; never waits."""
        with self._lock:
            allowed = self._allowance.takes(event)
        if not allowed:
            self._told("suppressed")
            return
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._told("suppressed")

    def _run(self) -> None:
        while (event := self._waiting.get()) is not None:
            document = event.document(self._instance, datetime.now(UTC))
            path = f"/api/v1/namespaces/{document['metadata']['namespace']}/events"
            try:
                self._client.create(path, document, _SECONDS)
            except ClusterError as error:
                log.debug("an event cannot be written: %s", error)
                self._told("failed")
            else:
                self._told("written")


def _remember(into: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    into[key] = value
    into.move_to_end(key)
    if len(into) > _REMEMBERED:
        into.popitem(last=False)


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
