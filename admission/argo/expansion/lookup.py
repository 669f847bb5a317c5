"""The object that a reference names (argo-resolution 1)."""

from __future__ import annotations

from admission.argo.expansion.result import Missing, Source
from admission.model.catalog import UNAVAILABLE, Catalog
from admission.model.document import Document, text
from admission.model.path import Path


def find(reference: Document, catalog: Catalog, namespace: str, path: Path) -> Source | Missing:
    """What the ``workflowTemplateRef`` or ``templateRef`` at *path*, of a Workflow in *namespace*, names."""
    name = text(reference.get("name"))
    if reference.get("clusterScope") is True:
        kind, where, found = "ClusterWorkflowTemplate", "", catalog.cluster_workflow_template(name)
    else:
        kind, where, found = "WorkflowTemplate", namespace, catalog.workflow_template(namespace, name)
    if isinstance(found, dict):
        return Source(kind, where, name, found, path)
    return Missing(path, kind, where, name, found, _message(kind, where, name, found is UNAVAILABLE))


def _message(kind: str, namespace: str, name: str, unavailable: bool) -> str:
    what = f"{kind} {name!r}" + (f" in namespace {namespace!r}" if namespace else "")
    return f"{what} could not be looked up" if unavailable else f"{what} not found"
