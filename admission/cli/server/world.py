"""Where the server takes its snapshots from: a cluster that is followed, or files that were read once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from admission.argo.controller import decode_config
from admission.argo.usage.reduced import reduced
from admission.cli import policy_files
from admission.cli.files import manifests
from admission.cluster.client import Client
from admission.cluster.informer import Informer, Parts, Watching
from admission.cluster.lookup import Live
from admission.cluster.reflector import State
from admission.cluster.status import StatusWriter
from admission.config import settings
from admission.lint.rules import ALL
from admission.model.catalog import MISSING, AnyAnswer, FrozenCatalog, Question
from admission.model.document import Document, mapping, name_of
from admission.policy import cel
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot

#: The values of a gauge by the values of its labels.
Gauge = Mapping[tuple[str, ...], float]


class World(Protocol):
    """What the reviews are made in."""

    @property
    def snapshot(self) -> Snapshot:
        """The newest; ``NotSynced`` while there is none."""

    def unready(self) -> Sequence[str]:
        """Why requests cannot be judged yet."""

    def answer(self, questions: Collection[Question], most: int, deadline: float) -> Mapping[Question, AnyAnswer]:
        """What the cluster says to *questions*."""

    def gauges(self) -> Mapping[str, Gauge]:
        """What there is to measure, by the names of the metrics."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def world(configuration: Document, reloaded: Callable[[bool], None], leads: Callable[[], bool] = lambda: True) -> World:
    """
    The world of a complete *configuration*; *reloaded* hears of policies whether all of them can be used.

    *leads* says whether this process is the one that writes.
    """
    if configuration["catalog"]["source"] == "files":
        return Files.of(configuration)
    return Cluster.of(configuration, reloaded, leads)


@dataclass(frozen=True)
class Files:
    """Objects and policies of files, read once."""

    snapshot: Snapshot

    @classmethod
    def of(cls, configuration: Document) -> Files:
        documents = manifests(configuration["catalog"]["paths"])
        name = configuration["controller"]["configMap"]
        found = (each for each in documents if each.get("kind") == "ConfigMap" and name_of(each) == name)
        catalog = FrozenCatalog.of(documents, controller=decode_config(mapping(next(found, {}).get("data"))))
        policies = load(configuration)(policy_files.documents(configuration["policies"]["paths"]), None)
        policy_files.refuse(policies.problems)
        return cls(Snapshot(catalog=catalog, policies=policies, settings=settings(configuration)))

    def unready(self) -> Sequence[str]:
        return ()

    def answer(self, questions: Collection[Question], most: int, deadline: float) -> Mapping[Question, AnyAnswer]:
        return dict.fromkeys(questions, MISSING)

    def gauges(self) -> Mapping[str, Gauge]:
        return _gauges_of(self.snapshot)

    def start(self) -> None:
        """Everything has been read."""

    def stop(self) -> None:
        """Nothing runs."""


class Cluster:
    """A cluster that is followed."""

    def __init__(self, informer: Informer, live: Live, writer: StatusWriter | None) -> None:
        self._informer, self._live, self._writer = informer, live, writer
        self.unready = informer.unready

    @classmethod
    def of(cls, configuration: Document, reloaded: Callable[[bool], None], leads: Callable[[], bool]) -> Cluster:
        cluster, policies, catalog = (configuration[name] for name in ("cluster", "policies", "catalog"))
        client = Client.connect(cluster.get("kubeconfig"), cluster.get("context"))

        def controller() -> Document:
            return informer.snapshot.catalog.controller_config()

        wanted = policies["conditions"] and policies.get("cluster", True)
        writer = StatusWriter(client, leads=leads, controller=controller) if wanted else None

        def published(compiled: PolicySet, documents: Sequence[Document]) -> None:
            reloaded(not compiled.problems)
            if writer is not None:
                writer.publish(compiled, documents)

        parts = Parts(
            settings=settings(configuration),
            load=load(configuration),
            decode=decode_config,
            fixed=tuple(policy_files.documents(policies["paths"])),
            published=published,
            reduce=reduced,
        )
        watching = Watching(
            policies=policies.get("cluster", True),
            required=frozenset(catalog["required"]),
            stale=catalog["staleSeconds"],
            controller_namespace=configuration["controller"]["namespace"],
            controller_config=configuration["controller"]["configMap"],
        )
        informer = Informer(client, watching, parts)
        return cls(informer, Live(client, catalog["lookupSeconds"]), writer)

    @property
    def snapshot(self) -> Snapshot:
        return self._informer.snapshot

    def answer(self, questions: Collection[Question], most: int, deadline: float) -> Mapping[Question, AnyAnswer]:
        return self._live.answer(questions, most, deadline)

    def gauges(self) -> Mapping[str, Gauge]:
        now, reflectors = time.monotonic(), self._informer.reflectors
        unready = self._informer.unready()
        return {
            "catalog_objects": {(kind,): len(each.view.objects) for kind, each in reflectors.items()},
            "catalog_synced": {(kind,): each.state is State.SYNCED for kind, each in reflectors.items()},
            "catalog_age_seconds": {(kind,): now - each.heard for kind, each in reflectors.items() if each.heard},
            "catalog_lists": {(kind,): each.lists for kind, each in reflectors.items()},
            **({} if unready else _policies_of(self.snapshot)),
        }

    def start(self) -> None:
        if self._writer is not None:
            self._writer.start()
        self._informer.start()

    def stop(self) -> None:
        self._informer.stop()
        self._live.close()
        if self._writer is not None:
            self._writer.stop()


def load(configuration: Document) -> Callable[[Iterable[Document], PolicySet | None], PolicySet]:
    """What compiles policies as *configuration* says."""
    engine = configuration["policies"].get("engine", cel.DEFAULT)
    rules = frozenset(rule.id for rule in ALL)
    cel.engine(engine)
    namespaces = configuration["policies"]["exceptionNamespaces"]
    return lambda documents, before: PolicySet.load(documents, engine, before, rules, namespaces)


def _gauges_of(snapshot: Snapshot) -> Mapping[str, Gauge]:
    catalog = snapshot.catalog
    assert isinstance(catalog, FrozenCatalog), "the informer and files make no other"
    counts: dict[tuple[str, ...], float] = {}
    for lookup in catalog.objects:
        counts[lookup.kind,] = counts.get((lookup.kind,), 0) + 1
    return {"catalog_objects": counts, **_policies_of(snapshot)}


def _policies_of(snapshot: Snapshot) -> Mapping[str, Gauge]:
    policies = snapshot.policies
    return {
        "policies": {("WorkflowPolicy",): len(policies.policies), ("WorkflowPolicyBinding",): len(policies.bindings)},
        "policy_problems": {(): len(policies.problems)},
    }
