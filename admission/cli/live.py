"""What ``--cluster`` brings: the catalog and the policies of a cluster, read once."""

from __future__ import annotations

from dataclasses import dataclass

from admission.cluster.client import Refused
from admission.cluster.kinds import CORE, POLICY_KINDS, RESOURCES, USER_KINDS, Resource
from admission.cluster.listing import Reads, items
from admission.cluster.reflector import lean
from admission.model.document import Document

#: Objects a page, as kubectl asks for them.
_PAGE = "500"

#: Kinds that are looked up one by one while serving; all of them at once are too many and hold secrets of others.
_NOT_READ = frozenset({"ConfigMap"})

#: What a person may want to know of and no review asks for: whether there is room for pods, and whose tokens they get.
_BESIDES = {
    kind: Resource(kind, CORE, plural, namespaced=True)
    for kind, plural in (
        ("ResourceQuota", "resourcequotas"),
        ("LimitRange", "limitranges"),
        ("ServiceAccount", "serviceaccounts"),
    )
}

#: What the API server says of a kind that it does not have, or not for us. 401 is not among these: it does not know us.
_NOT_FOR_US = frozenset({403, 404})


@dataclass(frozen=True)
class Cluster:
    """The objects of a cluster; *unavailable* are the kinds of which nothing could be read."""

    catalog: tuple[Document, ...] = ()
    policies: tuple[Document, ...] = ()
    unavailable: frozenset[str] = frozenset()


def read(client: Reads, users: bool = False) -> Cluster:
    """
    Everything that a review may look into, and what says how much room there is, with *users* also who uses templates.

    ``ClusterError`` where the cluster does not answer.
    """
    found: dict[str, list[Document]] = {}
    unavailable: set[str] = set()
    resources = {**RESOURCES, **_BESIDES}
    for kind in resources.keys() - _NOT_READ - (frozenset() if users else USER_KINDS):
        try:
            resource = resources[kind]
            found[kind] = [lean(item, resource) for item in items(client, resource.collection, {"limit": _PAGE})]
        except Refused as error:
            if error.code not in _NOT_FOR_US:
                raise
            unavailable.add(kind)
    every = [document for kind in sorted(found) for document in found[kind]]
    ours = tuple(document for document in every if document["kind"] in POLICY_KINDS)
    others = tuple(document for document in every if document["kind"] not in POLICY_KINDS)
    return Cluster(others, ours, frozenset(unavailable))
