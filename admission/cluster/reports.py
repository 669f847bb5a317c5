"""Writes PolicyReports: those that changed, and away with those of which nothing is left."""

from __future__ import annotations

from collections.abc import Mapping

from admission.cluster.client import Client, Refused
from admission.cluster.listing import items
from admission.model.document import Document, mapping, text

#: By version: how the API calls reports of namespaces, and those of what has none.
_PLURALS = {
    "wgpolicyk8s.io/v1alpha2": ("policyreports", "clusterpolicyreports"),
    "openreports.io/v1alpha1": ("reports", "clusterreports"),
}

#: How our reports are found.
_SELECTOR = "app.kubernetes.io/managed-by=argo-admission"

#: What of a report is ours to compare; the rest is the API server's.
_SAID = ("summary", "results")


def write(client: Client, reports: Mapping[str, Document], name: str, version: str) -> int:
    """
    Have *reports*, by namespace, stand in the cluster and no others of us called *name*; how many were written.

    ``ClusterError`` where the cluster does not let us: it may lack the kind.
    """
    there = _there(client, name, version)
    written = 0
    for namespace, report in reports.items():
        before = there.pop(namespace, None)
        if before is not None and all(before.get(part) == report[part] for part in _SAID):
            continue
        path = _collection(version, namespace)
        if before is None:
            client.create(path, report)
        else:
            metadata = {**before["metadata"], **report["metadata"]}
            client.replace(f"{path}/{name}", {**report, "metadata": metadata})
        written += 1
    for namespace in there:
        client.delete(f"{_collection(version, namespace)}/{name}")
    return written + len(there)


def _there(client: Client, name: str, version: str) -> dict[str, Document]:
    """Our reports that there are, by namespace."""
    namespaced, cluster = _PLURALS[version]
    found: dict[str, Document] = {}
    for item in items(client, f"/apis/{version}/{namespaced}", {"labelSelector": _SELECTOR}):
        metadata = mapping(item.get("metadata"))
        if metadata.get("name") == name:
            found[text(metadata.get("namespace"))] = item
    try:
        found[""] = client.get(f"/apis/{version}/{cluster}/{name}")
    except Refused as error:
        if error.code != 404:
            raise
    return found


def _collection(version: str, namespace: str) -> str:
    namespaced, cluster = _PLURALS[version]
    return f"/apis/{version}/namespaces/{namespace}/{namespaced}" if namespace else f"/apis/{version}/{cluster}"
