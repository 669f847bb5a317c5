"""
List and watch of one kind: what the cluster has of it, as an immutable mapping that is replaced.

The informer of the ``kubernetes`` package fails on custom resources and its objects cost several times the memory of
plain dicts, so this reads raw pages.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from admission.cluster.client import Client, Refused, Stream
from admission.cluster.kinds import Resource
from admission.errors import ClusterError
from admission.model.catalog import Lookup
from admission.model.document import Document, mapping, sequence, text

log = logging.getLogger("admission.cluster")

_Answer = TypeVar("_Answer")

#: Objects a page: what client-go asks for.
PAGE = 500

#: Seconds after which the API server ends a watch by itself; less than the hour after which it must be listed anew.
_WATCH = 300

#: Seconds without a line after which a watch counts as broken: bookmarks come every minute.
_SILENCE = 100.0

#: Annotation in which kubectl keeps a whole second copy of an object.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class State(Enum):
    """How much is known of a kind."""

    UNSYNCED = "not listed yet"
    SYNCED = "synced"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"


@dataclass(frozen=True)
class View:
    """What is known of one kind at one moment."""

    state: State = State.UNSYNCED
    objects: Mapping[Lookup, Document] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def unavailable(self) -> bool:
        """Whether nobody can say what there is: never to be taken for *there is none*."""
        return self.state is not State.SYNCED


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to wait after a failure: *first*, twice as long each time, up to *most*; less up to half by chance."""

    first: float = 0.5
    most: float = 10.0

    def after(self, failures: int) -> float:
        # The exponent is bounded, so that a night of failures is no overflow.
        return min(self.first * 2.0 ** min(failures - 1, 16), self.most) * random.uniform(0.5, 1)


#: Denials in a row before a kind that was there counts as denied: an API server that starts knows neither its roles
#: nor its custom resources for a moment, and on a busy machine for some seconds.
_PATIENCE = 5


class _Expired(Exception):
    """What we know is too old for a watch (410): list anew."""


def _whole(item: Document) -> Document:
    return item


class Reflector:
    """
    Follows one kind in a thread of its own. *changed* is called after every change of what ``view`` gives.

    *keep* makes of an object what is kept of it; None where nothing is.
    """

    def __init__(
        self,
        client: Client,
        resource: Resource,
        changed: Callable[[], None],
        *,
        namespace: str = "",
        name: str = "",
        pace: Pace = Pace(),
        keep: Callable[[Document], Document | None] = _whole,
    ) -> None:
        self.resource = resource
        #: When the API server was last heard (``time.monotonic``); 0 before the first time.
        self.heard = 0.0
        self.lists = 0
        self._client, self._changed, self._pace = client, changed, pace
        base = resource.base + (f"/namespaces/{namespace}" if namespace else "")
        self._path = f"{base}/{resource.plural}"
        self._selector = {"fieldSelector": f"metadata.name={name}"} if name else {}
        if resource.selector:
            self._selector["labelSelector"] = resource.selector
        self._keep = keep
        self._lock = threading.Lock()
        self._state = State.UNSYNCED
        self._denials = 0
        self._objects: dict[Lookup, Document] = {}
        self._view: View | None = None
        #: Where a watch goes on; empty where all must be listed first.
        self._version = ""
        self._ending = threading.Event()
        self._stream: Stream | None = None
        self._thread = threading.Thread(target=self._run, name=f"watch {resource.kind}", daemon=True)

    @property
    def view(self) -> View:
        """What is known now; copied when somebody asks, so that a thousand changes at once are one copy."""
        with self._lock:
            if self._view is None:
                self._view = View(self._state, MappingProxyType(self._objects.copy()))
            return self._view

    @property
    def state(self) -> State:
        return self._state

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, soon."""
        self._ending.set()
        if (stream := self._stream) is not None:
            stream.end()

    def _run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            before = self.heard
            try:
                if self._version:
                    self._watch()
                else:
                    self._list()
                failures = 0
            except _Expired:
                log.info("%s: what we know is too old for a watch, it is listed anew", self.resource.kind)
                self._version = ""
                self._ending.wait(self._pace.after(1))
            except Exception as error:
                failures = 1 if self.heard != before else failures + 1
                self._failed(error, failures)
                self._ending.wait(self._pace.after(failures))

    def _failed(self, error: Exception, failures: int) -> None:
        """Say it; and where the API server goes on denying us the kind, know nothing of it any more."""
        if self._ending.is_set():
            return
        if not isinstance(error, ClusterError):
            log.error("%s: a mistake of ours", self.resource.kind, exc_info=error)
        state = _DENIALS.get(error.code) if isinstance(error, Refused) else None
        # Not failures: whoever was away for long says no once or twice when he comes back.
        self._denials = self._denials + 1 if state else 0
        if isinstance(error, Refused):
            self._version = ""
        if state is None or (self._state is State.SYNCED and self._denials < _PATIENCE):
            log.warning("%s: %s (failure %d in a row; what we know stays)", self.resource.kind, error, failures)
        elif self._state is not state:
            log.warning(_DENIED[state], self.resource.kind, error)
            self._replace(state, {})

    def _list(self) -> None:
        """Read all pages."""
        objects: dict[Lookup, Document] = {}
        query = {"limit": str(PAGE), **self._selector}
        while True:
            page = self._expiring(lambda: self._client.get(self._path, query))
            self._hear()
            for item in map(mapping, sequence(page.get("items"))):
                if (kept := self._keep(lean(item, self.resource))) is not None:
                    objects[self._key(item)] = kept
            metadata = mapping(page.get("metadata"))
            query["continue"] = text(metadata.get("continue"))
            if not query["continue"]:
                break
        self._version = text(metadata.get("resourceVersion"))
        self.lists += 1
        log.info("%s: %d listed, now watching", self.resource.kind, len(objects))
        self._replace(State.SYNCED, objects)

    def _watch(self) -> None:
        """Follow the changes since the version that we know, until the API server ends the watch."""
        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version,
            # Spread, so that not all watches of all replicas come at the same moment.
            "timeoutSeconds": str(int(_WATCH * random.uniform(1, 2))),
            **self._selector,
        }
        stream = self._stream = self._expiring(lambda: self._client.stream(self._path, query, _SILENCE))
        try:
            self._hear()
            for event in stream:
                self._hear()
                self._take(event)
        finally:
            self._stream = None
            stream.close()

    def _take(self, event: Document) -> None:
        """Take one event in."""
        kind, item = event.get("type"), mapping(event.get("object"))
        if kind == "ERROR":
            if item.get("code") == 410:
                raise _Expired
            raise Refused(int(item.get("code") or 0), item)
        if kind in ("ADDED", "MODIFIED", "DELETED"):
            self._put(self._key(item), None if kind == "DELETED" else self._keep(lean(item, self.resource)))
        self._version = text(mapping(item.get("metadata")).get("resourceVersion")) or self._version

    def _put(self, key: Lookup, kept: Document | None) -> None:
        """Keep *kept* and nothing else under *key*; a change of what is not kept is none."""
        if self._objects.get(key) == kept:
            return
        with self._lock:
            if kept is None:
                self._objects.pop(key, None)
            else:
                self._objects[key] = kept
            self._view = None
        self._changed()

    def _expiring(self, ask: Callable[[], _Answer]) -> _Answer:
        try:
            return ask()
        except Refused as error:
            if error.code == 410:
                raise _Expired from error
            raise

    def _key(self, item: Document) -> Lookup:
        metadata = mapping(item.get("metadata"))
        namespace = text(metadata.get("namespace")) if self.resource.namespaced else ""
        return Lookup(self.resource.kind, namespace, text(metadata.get("name")))

    def _hear(self) -> None:
        self.heard, self._denials = time.monotonic(), 0

    def _replace(self, state: State, objects: dict[Lookup, Document]) -> None:
        with self._lock:
            self._state, self._objects, self._view = state, objects, None
        self._changed()


#: What a refusal means for a kind. Without credentials that count (401) nothing may be seen either.
_DENIALS = {401: State.FORBIDDEN, 403: State.FORBIDDEN, 404: State.ABSENT}

_DENIED = {
    State.FORBIDDEN: "%s: we are not allowed to list and watch it: %s. Look-ups of it are unavailable until we are",
    State.ABSENT: "%s: the API server does not know this kind: %s. Is its CustomResourceDefinition installed? "
    "Look-ups of it are unavailable until it is",
}


def lean(item: Document, resource: Resource) -> Document:
    """*item* without what is most of its size and nobody reads; with the kind, which lists of core kinds omit."""
    metadata = {name: value for name, value in mapping(item.get("metadata")).items() if name != "managedFields"}
    annotations = mapping(metadata.get("annotations"))
    if _LAST_APPLIED in annotations:
        metadata["annotations"] = {name: value for name, value in annotations.items() if name != _LAST_APPLIED}
    version = resource.base.removeprefix("/apis/").removeprefix("/api/")
    return {"apiVersion": version, "kind": resource.kind, **item, "metadata": metadata}
