"""Keeps the webhook configurations of the cluster as they should be: what the leader does once a replica is ready."""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from admission.cluster.certificates import trusts, within
from admission.cluster.client import Client, Refused
from admission.cluster.kinds import CORE
from admission.cluster.webhooks import MUTATING, VALIDATING
from admission.errors import ClusterError
from admission.model.document import Document, mapping, sequence, text

log = logging.getLogger("admission.cluster")

CONFIGURATIONS = {
    MUTATING: "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    VALIDATING: "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
}

#: Whoever sets this on a configuration, with the reason as its value, has us leave its webhooks out until it is gone.
DISABLED = "argo-admission.io/disabled"

#: Where owners of a kind are, and which version owns.
OWNERS = {
    "ClusterRole": ("rbac.authorization.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    "ClusterRoleBinding": ("rbac.authorization.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
    "Namespace": ("v1", f"{CORE}/namespaces"),
}

_SLICES = "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices"


class State(Enum):
    """How one configuration is."""

    MISSING = "missing"
    KEPT = "kept"
    MADE = "made"
    UPDATED = "updated"
    RESTORED = "restored"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Owner:
    """The cluster-scoped object that the configurations go with."""

    kind: str
    name: str

    @property
    def path(self) -> str:
        return f"{OWNERS[self.kind][1]}/{self.name}"

    def reference(self, document: Document) -> Document:
        """What makes the garbage collector delete its bearer when *document*, the owner, is gone."""
        uid = text(mapping(document.get("metadata")).get("uid"))
        return {"apiVersion": OWNERS[self.kind][0], "kind": self.kind, "name": self.name, "uid": uid}


class Foreign(ClusterError):
    """A configuration of our name belongs to somebody else."""


class Registrar:
    """
    Makes the configurations, puts back what somebody changed of them, and leaves out the webhooks of a disabled one.

    *wanted* are the documents as they should be now; ``ClusterError`` where the cluster does not let us.
    """

    def __init__(self, client: Client, owner: Owner | None) -> None:
        self._client, self._owner = client, owner
        self.states: dict[str, State] = {}
        #: By kind: the webhooks that we wanted last, by which a change of ours is told from one of somebody else.
        self._wanted: dict[str, object] = {}
        #: How often something had to be put back.
        self.restored = 0

    def keep(self, wanted: Mapping[str, Document], ready: Callable[[], bool]) -> None:
        """Bring the configurations to what they should be; what is not there is made only where we are *ready*."""
        references = self._references()
        for kind, document in wanted.items():
            state = self._keep(kind, {**document, "metadata": {**document["metadata"], **references}}, ready)
            if state is State.RESTORED:
                self.restored += 1
            if state is not self.states.get(kind):
                log.log(_LEVELS.get(state, logging.INFO), "%s %s: %s", kind, document["metadata"]["name"], state.value)
            self.states[kind] = state if state in (State.MISSING, State.DISABLED) else State.KEPT
            self._wanted[kind] = document["webhooks"]

    def published(self, name: str) -> dict[str, Document]:
        """The configurations called *name* that there are, by kind."""
        found = {kind: self._read(f"{path}/{name}") for kind, path in CONFIGURATIONS.items()}
        return {kind: document for kind, document in found.items() if document is not None}

    def announced(self, name: str, bundle: bytes) -> bool:
        """Whether the API server was told to trust all of *bundle* wherever it calls us."""
        return all(within(bundle, each) for each in self._bundles(name))

    def trusted(self, name: str, chain: bytes) -> bool:
        """Whether the API server was told to trust whoever signed *chain*, wherever it calls us."""
        return all(trusts(each, chain) for each in self._bundles(name))

    def bundle(self, name: str) -> bytes:
        """All authorities that the API server trusts where it calls us."""
        return b"".join(self._bundles(name))

    def _bundles(self, name: str) -> list[bytes]:
        """The ``caBundle`` of every webhook that is registered."""
        webhooks = (each for document in self.published(name).values() for each in sequence(document.get("webhooks")))
        return [b64decode(text(mapping(mapping(each).get("clientConfig")).get("caBundle"))) for each in webhooks]

    def _references(self) -> Document:
        if self._owner is None:
            return {}
        return {"ownerReferences": [self._owner.reference(self._client.get(self._owner.path))]}

    def _keep(self, kind: str, wanted: Document, ready: Callable[[], bool]) -> State:
        collection = CONFIGURATIONS[kind]
        path = f"{collection}/{wanted['metadata']['name']}"
        found = self._read(path)
        if found is None:
            if not ready():
                return State.MISSING
            self._client.create(collection, wanted)
            return State.MADE
        metadata = mapping(found.get("metadata"))
        self._ours(kind, metadata)
        disabled = _is_disabled(metadata, wanted["metadata"])
        if disabled:
            wanted = {**wanted, "webhooks": []}
        after = _merged(found, wanted, disabled)
        if _same(after, found):
            return State.DISABLED if disabled else State.KEPT
        self._client.replace(path, after)
        if disabled:
            return State.DISABLED
        before = self._wanted.get(kind)
        changed = before is not None and _bare(before) != _bare(found.get("webhooks"))
        return State.RESTORED if changed and self.states.get(kind) is State.KEPT else State.UPDATED

    def _ours(self, kind: str, metadata: Document) -> None:
        """``Foreign`` where another release of another name owns what is called as ours."""
        if self._owner is None:
            return
        for reference in map(mapping, sequence(metadata.get("ownerReferences"))):
            if (reference.get("kind"), reference.get("name")) != (self._owner.kind, self._owner.name):
                owner = f"{reference.get('kind')} {reference.get('name')}"
                raise Foreign(f"{kind} {metadata.get('name')} belongs to {owner}; set webhooks.name to another one")

    def _read(self, path: str) -> Document | None:
        try:
            return self._client.get(path)
        except Refused as error:
            if error.code == 404:
                return None
            raise


#: Whoever reads the log should see that somebody else writes what is ours, and that nobody is protected.
_LEVELS = {State.RESTORED: logging.WARNING, State.DISABLED: logging.WARNING}


def _is_disabled(found: Document, wanted: Document) -> bool:
    """Whether it was disabled, by somebody of the release that runs: what an earlier one left behind does not count."""
    if DISABLED not in mapping(found.get("annotations")):
        return False
    before = {text(mapping(each).get("uid")) for each in sequence(found.get("ownerReferences"))}
    now = {reference["uid"] for reference in wanted.get("ownerReferences", ())}
    return not (before and now) or bool(before & now)


def _merged(found: Document, wanted: Document, disabled: bool) -> Document:
    """*found* with what we say of it; labels and annotations of others stay."""
    metadata, ours = mapping(found.get("metadata")), wanted["metadata"]
    noted = {**mapping(metadata.get("annotations")), **ours.get("annotations", {})}
    annotations = {key: value for key, value in noted.items() if disabled or key != DISABLED}
    labels = {**mapping(metadata.get("labels")), **ours.get("labels", {})}
    owners = {"ownerReferences": ours["ownerReferences"]} if "ownerReferences" in ours else {}
    merged = {**metadata, "annotations": annotations, "labels": labels, **owners}
    return {**found, "metadata": {key: value for key, value in merged.items() if value}, "webhooks": wanted["webhooks"]}


def _same(wanted: Document, found: Document) -> bool:
    """Whether there is nothing to write; what is empty the API server leaves out."""
    return bool(_bare(wanted) == _bare(found))


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _bare(each) for key, each in value.items() if each not in ([], None)}


def served(client: Client, namespace: str, service: str) -> bool:
    """Whether a ready replica stands behind the Service, so that the API server finds somebody when it calls."""
    query = {"labelSelector": f"kubernetes.io/service-name={service}"}
    slices = sequence(client.get(_SLICES.format(namespace), query).get("items"))
    endpoints = (mapping(each) for item in slices for each in sequence(mapping(item).get("endpoints")))
    return any(mapping(each.get("conditions")).get("ready", True) and each.get("addresses") for each in endpoints)
