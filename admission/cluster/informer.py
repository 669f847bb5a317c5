"""What the cluster knows, as one Snapshot after the other: reflectors, and one reference that is replaced."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from admission.cluster.client import Client
from admission.cluster.kinds import POLICY_KINDS, RESOURCES, USER_KINDS
from admission.cluster.reflector import Pace, Reflector, State, View
from admission.errors import ConfigurationError, NotSynced
from admission.model.catalog import FrozenCatalog, Lookup
from admission.model.document import Document, mapping, text
from admission.model.settings import Settings
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot

log = logging.getLogger("admission.cluster")

#: Seconds for which changes are gathered before the next snapshot is made.
_COALESCE = 0.03

#: Kinds without which we are not ready (interfaces.md 5).
REQUIRED = frozenset({"WorkflowTemplate"}) | POLICY_KINDS


@dataclass(frozen=True, kw_only=True)
class Watching:
    """
    What is followed.

    *kinds* of the catalog, *users* of which only references are kept, and whether *policies* come from the cluster;
    *required* must have been listed before we are
    ready, and heard of within *stale* seconds. The controller's ConfigMap is followed where it has a name.
    """

    kinds: Sequence[str] = ("WorkflowTemplate", "ClusterWorkflowTemplate", "Namespace")
    users: Sequence[str] = tuple(sorted(USER_KINDS))
    policies: bool = True
    required: frozenset[str] = REQUIRED
    stale: float = 600.0
    controller_namespace: str = ""
    controller_config: str = ""
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """
    What a Snapshot is made of besides what is watched, and how.

    *load* compiles policies (documents, and what was compiled before); *decode* reads the controller's ConfigMap;
    *fixed* are policies that come from files; *published* hears of every set of policies from the cluster; *reduce*
    leaves of an object that uses templates its references (``argo/usage``), None where there are none.
    """

    settings: Settings
    load: Callable[[Iterable[Document], PolicySet | None], PolicySet]
    decode: Callable[[Mapping[str, str]], Document]
    fixed: Sequence[Document] = ()
    published: Callable[[PolicySet, Sequence[Document]], None] = lambda policies, documents: None
    reduce: Callable[[Document], Document | None] = lambda document: document


class ByKind(Mapping[Lookup, Document]):
    """The objects of several kinds as one mapping; a change of one kind copies nothing of the others."""

    def __init__(self, kinds: Mapping[str, Mapping[Lookup, Document]]) -> None:
        self._kinds = kinds

    def __getitem__(self, lookup: Lookup) -> Document:
        return self._kinds[lookup.kind][lookup]

    def __iter__(self) -> Iterator[Lookup]:
        for objects in self._kinds.values():
            yield from objects

    def __len__(self) -> int:
        return sum(map(len, self._kinds.values()))


class Informer:
    """Follows the cluster; ``snapshot`` is the newest that is known, and never changes once it was given out."""

    def __init__(self, client: Client, watching: Watching, parts: Parts) -> None:
        self._watching, self._parts = watching, parts
        self._changed, self._ending = threading.Event(), threading.Event()
        self._snapshot: Snapshot | None = None
        self._policy_views: Mapping[str, View] = {}
        self._controller_view = View()
        self._controller: Document = {}
        kinds = [*watching.kinds, *(sorted(POLICY_KINDS) if watching.policies else ())]
        self.reflectors = {
            kind: Reflector(client, RESOURCES[kind], self._changed.set, pace=watching.pace) for kind in kinds
        }
        self.reflectors |= {
            kind: Reflector(client, RESOURCES[kind], self._changed.set, pace=watching.pace, keep=parts.reduce)
            for kind in watching.users
        }
        if watching.controller_config:
            self.reflectors["ConfigMap"] = Reflector(
                client,
                RESOURCES["ConfigMap"],
                self._changed.set,
                namespace=watching.controller_namespace,
                name=watching.controller_config,
                pace=watching.pace,
            )
        self._thread = threading.Thread(target=self._run, name="informer", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        """The newest; ``NotSynced`` while there is none."""
        if self._snapshot is None:
            raise NotSynced("the first lists of the cluster are not complete yet")
        return self._snapshot

    def start(self) -> None:
        self._thread.start()
        for reflector in self.reflectors.values():
            reflector.start()

    def stop(self) -> None:
        self._ending.set()
        self._changed.set()
        for reflector in self.reflectors.values():
            reflector.stop()

    def unready(self) -> list[str]:
        """Why requests cannot be judged as they should; nothing where they can."""
        now, reasons = time.monotonic(), []
        for kind, reflector in self.reflectors.items():
            if kind not in self._watching.required:
                continue
            if reflector.state is not State.SYNCED:
                reasons.append(f"{kind}: {reflector.state.value}")
            elif now - reflector.heard > self._watching.stale:
                reasons.append(f"{kind}: nothing was heard for {now - reflector.heard:.0f} s")
        if not reasons and self._snapshot is None:
            reasons.append("the policies are not compiled yet")
        return reasons

    def _run(self) -> None:
        while not self._ending.is_set():
            self._changed.wait()
            self._ending.wait(_COALESCE)
            self._changed.clear()
            try:
                self._renew()
            except Exception:
                log.exception("the changes of the cluster could not be taken in; what we know stays")

    def _renew(self) -> None:
        """Make the next snapshot, if every kind has been listed or denied."""
        views = {kind: reflector.view for kind, reflector in self.reflectors.items()}
        # Who uses templates may be very many: until they are listed nobody can say who does, and requests are judged.
        if any(view.state is State.UNSYNCED for kind, view in views.items() if kind not in self._watching.users):
            return
        before = self._snapshot
        policies, documents = self._policies({kind: view for kind, view in views.items() if kind in POLICY_KINDS})
        catalog = FrozenCatalog(
            objects=ByKind({kind: view.objects for kind, view in views.items() if kind in self._watching.kinds}),
            unavailable=frozenset(kind for kind, view in views.items() if view.unavailable),
            controller=self._configured(views.get("ConfigMap", View())),
            users=ByKind({kind: view.objects for kind, view in views.items() if kind in self._watching.users}),
        )
        self._snapshot = Snapshot(catalog=catalog, policies=policies, settings=self._parts.settings, live=True)
        if before is None:
            log.info("the catalog is complete: %d objects, %d policies", len(catalog.objects), len(policies.policies))
        if documents is not None:
            self._parts.published(policies, documents)

    def _policies(self, views: Mapping[str, View]) -> tuple[PolicySet, Sequence[Document] | None]:
        """The compiled policies, and those of the cluster if they have changed."""
        before = self._snapshot.policies if self._snapshot else None
        if before is not None and all(views[kind] is self._policy_views.get(kind) for kind in views):
            return before, None
        documents = [document for view in views.values() for document in view.objects.values()]
        policies = self._parts.load([*self._parts.fixed, *documents], before)
        known = frozenset(before.problems) if before else frozenset()
        for problem in policies.problems:
            if problem not in known:
                log.warning("%s %s: %s: %s", problem.kind, problem.name, problem.path, problem.message)
        self._policy_views = views
        return policies, documents

    def _configured(self, view: View) -> Document:
        """The options of the controller; those before where the new ones cannot be read."""
        if view is self._controller_view:
            return self._controller
        self._controller_view = view
        found = next(iter(view.objects.values()), {})
        data = {key: text(value) for key, value in mapping(found.get("data")).items()}
        try:
            self._controller = self._parts.decode(data)
        except ConfigurationError as error:
            log.error("the controller's ConfigMap cannot be read, what it said before counts: %s", error)
        return self._controller
