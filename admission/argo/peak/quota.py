"""What a namespace leaves: its ResourceQuotas and LimitRanges, held against what a Workflow needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from admission.argo.peak.amounts import Amounts, Defaults, amount
from admission.model.catalog import Catalog
from admission.model.document import Document, mapping, name_of, sequence

#: Names of one thing: a quota may leave out that requests are meant.
_SAME = {
    "cpu": "requests.cpu",
    "memory": "requests.memory",
    "ephemeral-storage": "requests.ephemeral-storage",
    "count/pods": "pods",
    "count/persistentvolumeclaims": "persistentvolumeclaims",
}


@dataclass(frozen=True, slots=True)
class Left:
    """What a ResourceQuota leaves of a *resource*; *written* is how the quota calls that."""

    quota: str
    resource: str
    written: str
    amount: int


def left(catalog: Catalog, namespace: str) -> Iterator[Left]:
    """What the quotas of *namespace* leave; those that count only some pods are left out."""
    for quota in of_kind(catalog, "ResourceQuota", namespace):
        spec, status = mapping(quota.get("spec")), mapping(quota.get("status"))
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue
        used = mapping(status.get("used"))
        for name, hard in {**mapping(spec.get("hard")), **mapping(status.get("hard"))}.items():
            rest = amount(hard) - amount(used.get(name, 0))
            yield Left(name_of(quota), _SAME.get(name, name), name, max(rest, 0))


def defaults(catalog: Catalog, namespace: str) -> Defaults:
    """The limits and requests that LimitRanges give containers that say nothing."""
    limits: Document = {}
    requests: Document = {}
    for each in _items(catalog, namespace, "Container"):
        limits |= mapping(each.get("default"))
        requests |= {**mapping(each.get("default")), **mapping(each.get("defaultRequest"))}
    return limits, requests


def beyond(pod: Document, catalog: Catalog, namespace: str) -> Iterator[str]:
    """Where the limits of a container of *pod* are more than a LimitRange takes."""
    most = [mapping(each.get("max")) for each in _items(catalog, namespace, "Container")]
    spec = mapping(pod.get("spec"))
    for container in map(mapping, (*sequence(spec.get("initContainers")), *sequence(spec.get("containers")))):
        limits = mapping(mapping(container.get("resources")).get("limits"))
        for allowed in most:
            for name, value in allowed.items():
                if name in limits and amount(limits[name]) > amount(value):
                    yield f"container {container.get('name')!r} has {limits[name]} of {name}; at most {value} may be"


def of_kind(catalog: Catalog, kind: str, namespace: str) -> list[Document]:
    """The objects of a kind in a namespace."""
    wanted = (kind, namespace)
    found = (each for lookup, each in catalog.everything() if (lookup.kind, lookup.namespace) == wanted)
    return sorted(found, key=name_of)


def exceeded(needed: Amounts, there: Iterable[Left]) -> Iterator[Left]:
    """What of *there* is not enough."""
    return (each for each in there if needed.get(each.resource, 0) > each.amount)


def _items(catalog: Catalog, namespace: str, type: str) -> list[Document]:
    ranges = of_kind(catalog, "LimitRange", namespace)
    items: list[Any] = [item for each in ranges for item in sequence(mapping(each.get("spec")).get("limits"))]
    return [mapping(item) for item in items if mapping(item).get("type") == type]
