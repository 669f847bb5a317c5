"""Conditions of policies, bindings and exceptions: whether each is in use, written where ``kubectl get`` shows it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from admission.cluster.client import Client, Refused
from admission.cluster.kinds import RESOURCES
from admission.errors import ClusterError
from admission.model.document import Document, mapping, sequence, text
from admission.policy.conditions import Condition, conditions
from admission.policy.resource import PolicySet

log = logging.getLogger("admission.cluster")

#: Seconds for one write.
_SECONDS = 5.0

#: Seconds after which it is looked whether we lead now, and after which all is said again.
_LOOK, _AGAIN = 1.0, 60.0


def patch(document: Document, wanted: Sequence[Condition], now: datetime) -> Document | None:
    """The merge patch that writes *wanted* into the status of *document*; None where it says so already."""
    metadata, status = mapping(document.get("metadata")), mapping(document.get("status"))
    generation = metadata.get("generation", 0)
    before = {text(each.get("type")): each for each in map(mapping, sequence(status.get("conditions")))}
    written = [_written(each, before.get(each.type, {}), generation, now) for each in wanted]
    after = {"observedGeneration": generation, "conditions": written}
    if after == {name: status.get(name) for name in after}:
        return None
    # With its version: what has changed since is judged anew, and its status is written then.
    return {"metadata": {"resourceVersion": metadata.get("resourceVersion")}, "status": after}


def _written(condition: Condition, before: Document, generation: int, now: datetime) -> Document:
    status = "True" if condition.status else "False"
    since = text(before.get("lastTransitionTime")) if before.get("status") == status else ""
    return {
        "type": condition.type,
        "status": status,
        "observedGeneration": generation,
        "lastTransitionTime": since or now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": condition.reason,
        "message": condition.message,
    }


class StatusWriter:
    """
    Writes the conditions in a thread of its own while we lead. A write that fails is logged and not repeated.

    Whoever comes to lead writes what was published last; what stands there already is not written again.
    """

    def __init__(
        self,
        client: Client,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        leads: Callable[[], bool] = lambda: True,
        controller: Callable[[], Document] = dict,
    ) -> None:
        self._client, self._now, self._leads, self._controller = client, now, leads, controller
        self._newest: tuple[PolicySet, Sequence[Document]] | None = None
        self._wanted, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._wanted.set()

    def publish(self, policies: PolicySet, documents: Sequence[Document]) -> None:
        """Write what is to be said of *documents* soon; what was not written yet of earlier ones is skipped."""
        self._newest = policies, documents
        self._wanted.set()

    def _run(self) -> None:
        led, last = False, time.monotonic()
        while not self._ending.is_set():
            changed = self._wanted.wait(_LOOK)
            self._wanted.clear()
            led, before = self._leads(), led
            # What expires says so without being changed.
            due = time.monotonic() - last > _AGAIN
            if led and (changed or not before or due):
                last = time.monotonic()
                self._write_all(self._newest)

    def _write_all(self, newest: tuple[PolicySet, Sequence[Document]] | None) -> None:
        """Write the conditions of *newest*, until there is something newer, or somebody else leads."""
        for document in newest[1] if newest else ():
            if newest and not self._wanted.is_set() and self._leads():
                self._write(document, newest[0])

    def _write(self, document: Document, policies: PolicySet) -> None:
        kind, metadata = text(document.get("kind")), mapping(document.get("metadata"))
        name = text(metadata.get("name"))
        path = RESOURCES[kind].item(text(metadata.get("namespace")), name)
        now = self._now()
        change = patch(document, conditions(document, policies, self._controller(), now), now)
        if change is None or path is None:
            return
        try:
            self._client.patch(f"{path}/status", change, _SECONDS)
        except Refused as error:
            # 409 and 404: it has changed or gone meanwhile, and the watch tells us so.
            level = logging.DEBUG if error.code in (404, 409) else logging.WARNING
            log.log(level, "the status of %s %s cannot be written: %s", kind, name, error)
        except ClusterError as error:
            log.warning("the status of %s %s cannot be written: %s", kind, name, error)
