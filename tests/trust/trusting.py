"""Templates and Workflows, as short as tests of trust want them."""

from __future__ import annotations

import json
from typing import Any

from admission.argo.expand import Expansion, expand
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document


def obj(kind: str, name: str, spec: Document, **annotations: Any) -> Document:
    """An object of Argo in the namespace ``ci``; the value of an annotation that is no text is written as JSON."""
    said = {
        f"argo-admission.io/{key.replace('_', '-')}": value if isinstance(value, str) else json.dumps(value)
        for key, value in annotations.items()
    }
    metadata: Document = {"name": name, **({"annotations": said} if said else {})}
    if kind != "ClusterWorkflowTemplate":
        metadata["namespace"] = "ci"
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def leaf(name: str, image: str = "alpine:3.20") -> Document:
    return {"name": name, "container": {"image": image}}


def calling(name: str, of: str, template: str, *, cluster: bool = False) -> Document:
    """A template with one step, which runs *template* of the object *of*."""
    scope = {"clusterScope": True} if cluster else {}
    return {"name": name, "steps": [[{"name": "a", "templateRef": {"name": of, "template": template, **scope}}]]}


def expanded(document: Document, catalog: FrozenCatalog, *, inline: bool = False) -> Expansion:
    return expand(document, catalog, namespace="ci", argo_version="4.1", inline=inline)
