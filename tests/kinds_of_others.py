"""Kinds that neither Argo nor we bring, for tests that need no more of them than that they are there."""

from __future__ import annotations

from admission.model.document import Document


def crd(version: str, kind: str, namespaced: bool = True) -> Document:
    """The smallest CustomResourceDefinition of *kind* in *version* (``group/v1``): names are facts, the rest is not."""
    group, _, served = version.partition("/")
    plural = f"{kind.lower()}s"
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced" if namespaced else "Cluster",
            "versions": [{"name": served, "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}],
        },
    }
