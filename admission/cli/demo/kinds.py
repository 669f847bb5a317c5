"""The CustomResourceDefinitions of a cluster that has Argo Workflows and us."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.kinds import KINDS, Kind
from admission.model.document import Document
from admission.policy import data

_SHORT = {
    "Workflow": ["wf"],
    "WorkflowTemplate": ["wftmpl"],
    "ClusterWorkflowTemplate": ["clusterwftmpl", "cwft"],
    "CronWorkflow": ["cwf", "cronwf"],
    "WorkflowTaskSet": ["wfts"],
    "WorkflowEventBinding": ["wfeb"],
    "WorkflowArtifactGCTask": ["wfat"],
}

#: The kinds of Argo whose status is written by itself; a Workflow's is not.
_WITH_STATUS = frozenset({"WorkflowTaskSet", "WorkflowArtifactGCTask"})

_ANYTHING: Document = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def definitions() -> Iterator[Document]:
    """Argo's kinds, and ours."""
    yield from map(definition, KINDS.values())
    yield from data.crds().values()


def definition(kind: Kind) -> Document:
    """*kind* of Argo without the schema of its fields, as its minimal installation has it: whatever comes is stored."""
    version = {
        "name": "v1alpha1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {**_ANYTHING, "properties": {"spec": _ANYTHING, "status": _ANYTHING}}},
        **({"subresources": {"status": {}}} if kind.kind in _WITH_STATUS else {}),
    }
    names = {"kind": kind.kind, "plural": kind.plural, "shortNames": _SHORT.get(kind.kind, [])}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.argoproj.io"},
        "spec": {
            "group": "argoproj.io",
            "names": names,
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "versions": [version],
        },
    }
