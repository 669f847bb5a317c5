"""Objects of our kinds."""

from __future__ import annotations

from typing import Any

from admission.model.document import Document


def ours(kind: str, name: str, /, **spec: Any) -> Document:
    """The policy, binding or exception of that name."""
    return {"apiVersion": "argo-admission.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
