"""The read-only view of everything beside the object under review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from types import MappingProxyType
from typing import Protocol, TypeAlias

from admission.model.document import Document, mapping, sequence, text


class Absent(Enum):
    """Why a look-up gives no document. *unavailable* (not allowed or not able to look) is never taken for *missing*."""

    MISSING = "missing"
    UNAVAILABLE = "unavailable"


MISSING = Absent.MISSING
UNAVAILABLE = Absent.UNAVAILABLE

#: What a look-up gives.
Answer: TypeAlias = Document | Absent


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to the cluster: the object of this kind and name. *namespace* is empty for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str


#: The look-up of the kinds that a version of the API has (``v1``, ``batch/v1``), by that version: discovery.
DISCOVERY = "APIResourceList"


def scope_of(kind: str, name: str) -> str:
    """The template of that kind and name, as pins and ``pods -o json`` call it (interfaces.md 6, 7)."""
    return f"{'cluster' if kind.startswith('Cluster') else 'namespaced'}/{name}"


@dataclass(frozen=True, slots=True)
class AccessQuestion:
    """
    A question to Kubernetes' own RBAC: may this user do that? (``SubjectAccessReview``, authorization.k8s.io/v1)

    *namespace* is empty for cluster-scoped resources and for all namespaces, *name* for any object.
    """

    username: str
    groups: tuple[str, ...]
    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    subresource: str = ""


class Access(Enum):
    """What RBAC says."""

    ALLOWED = "allowed"
    DENIED = "denied"


#: Whatever may be asked of the cluster, and what comes back.
Question: TypeAlias = Lookup | AccessQuestion
AnyAnswer: TypeAlias = Document | Absent | Access


class Catalog(Protocol):
    """Read-only and already in memory: a look-up never waits and never fails."""

    def get(self, lookup: Lookup) -> Answer:
        """The object that *lookup* names."""

    def workflow_template(self, namespace: str, name: str) -> Answer:
        """The WorkflowTemplate of that name."""

    def cluster_workflow_template(self, name: str) -> Answer:
        """The ClusterWorkflowTemplate of that name."""

    def namespace(self, name: str) -> Answer:
        """The Namespace of that name."""

    def controller_config(self) -> Document:
        """The options of the workflow controller, decoded (``argo/controller.py``); empty where there are none."""

    def workflow_defaults(self) -> Document:
        """The Workflow that the controller merges under every other; empty where there is none."""

    def access(self, question: AccessQuestion) -> Access | None:
        """What RBAC says; None where nobody can say."""

    @property
    def unavailable(self) -> frozenset[str]:
        """The kinds of which nobody can say what there is."""

    def everything(self) -> Iterator[tuple[Lookup, Document]]:
        """All objects, those included that are kept for their references alone (``argo/usage``)."""


class NamedLookups:
    """The named look-ups of a Catalog, for whoever has ``get`` and ``controller_config``."""

    def get(self, lookup: Lookup) -> Answer:
        raise NotImplementedError

    def controller_config(self) -> Document:
        raise NotImplementedError

    def access(self, question: AccessQuestion) -> Access | None:
        return None

    def workflow_template(self, namespace: str, name: str) -> Answer:
        return self.get(Lookup("WorkflowTemplate", namespace, name))

    def cluster_workflow_template(self, name: str) -> Answer:
        return self.get(Lookup("ClusterWorkflowTemplate", "", name))

    def namespace(self, name: str) -> Answer:
        return self.get(Lookup("Namespace", "", name))

    def workflow_defaults(self) -> Document:
        return mapping(self.controller_config().get("workflowDefaults"))


@dataclass(frozen=True)
class FrozenCatalog(NamedLookups):
    """
    A catalog of documents in memory; the only implementation over data.

    *unavailable* are the kinds that could not be read at all: look-ups of those are never *missing*. *controller*
    are the decoded options of the workflow controller. *users* are objects of which nothing is kept but what they
    refer to, so that no look-up finds them. *reviews* are SubjectAccessReviews that have been answered, by hand or by
    a cluster: what RBAC says where there is no cluster. Build it with :meth:`of`.
    """

    objects: Mapping[Lookup, Document] = field(default_factory=dict)
    unavailable: frozenset[str] = frozenset()
    controller: Document = field(default_factory=dict)
    users: Mapping[Lookup, Document] = field(default_factory=dict)
    reviews: tuple[Document, ...] = ()

    @classmethod
    def of(
        cls,
        documents: Iterable[Document] = (),
        *,
        namespace: str = "default",
        unavailable: Iterable[str] = (),
        controller: Document | None = None,
    ) -> FrozenCatalog:
        """
        A catalog of *documents*; namespaced ones without a namespace are in *namespace*.

        Of two documents of one kind and name the later one counts, as after two ``kubectl apply``.
        """
        given = list(documents)
        objects = {key(each, namespace): each for each in given if not is_answered_review(each)}
        reviews = tuple(filter(is_answered_review, given))
        return cls(MappingProxyType(objects), frozenset(unavailable), controller or {}, reviews=reviews)

    def get(self, lookup: Lookup) -> Answer:
        found = self.objects.get(lookup)
        if found is not None:
            return found
        return UNAVAILABLE if lookup.kind in self.unavailable else MISSING

    def access(self, question: AccessQuestion) -> Access | None:
        """What the last of the reviews says that is about *question*."""
        for review in reversed(self.reviews):
            if _is_about(mapping(review["spec"]), question):
                return Access.ALLOWED if mapping(review["status"]).get("allowed") is True else Access.DENIED
        return None

    def controller_config(self) -> Document:
        return self.controller

    def everything(self) -> Iterator[tuple[Lookup, Document]]:
        return chain(self.objects.items(), self.users.items())


#: What a SubjectAccessReview may be about; what one does not name may be anything.
_ATTRIBUTES = ("verb", "group", "resource", "subresource", "namespace", "name")


def is_answered_review(document: Document) -> bool:
    """Whether *document* is a SubjectAccessReview with an answer."""
    parts = (mapping(document.get(part)) for part in ("spec", "status"))
    return document.get("kind") == "SubjectAccessReview" and all(parts)


def _is_about(spec: Document, question: AccessQuestion) -> bool:
    asked = mapping(spec.get("resourceAttributes"))
    if any(asked[name] != getattr(question, name) for name in _ATTRIBUTES if name in asked):
        return False
    groups = all(group in question.groups for group in sequence(spec.get("groups")))
    return groups and spec.get("user", question.username) == question.username


#: Kinds that a catalog holds and that have no namespace.
CLUSTER_SCOPED = frozenset(
    {"ClusterWorkflowTemplate", "Namespace", "WorkflowPolicy", "WorkflowPolicyBinding", "PriorityClass"}
)


def key(document: Document, namespace: str = "default") -> Lookup:
    """The look-up that finds *document*."""
    kind, metadata = text(document.get("kind")), mapping(document.get("metadata"))
    if kind == DISCOVERY:
        return Lookup(kind, "", text(document.get("groupVersion")))
    where = "" if kind in CLUSTER_SCOPED else text(metadata.get("namespace")) or namespace
    return Lookup(kind, where, text(metadata.get("name")))
