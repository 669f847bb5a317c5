"""What the controller takes of a user's Workflow under ``templateReferencing: Strict`` or ``Secure``."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.controller import names
from admission.argo.types import set_fields
from admission.model.document import Document, mapping
from admission.model.path import Path


def allowed() -> frozenset[str]:
    """The fields that a Workflow may have beside its reference (argo-resolution 8)."""
    return names("besideReference")


def forbidden(spec: Document, spec_path: Path, mode: str, *, newest: bool) -> Iterator[tuple[Path, str]]:
    """The fields of *spec*, at *spec_path*, that the controller refuses in that mode, each with the reason."""
    if not spec.get("workflowTemplateRef"):
        yield spec_path, f"the controller runs only Workflows with a workflowTemplateRef (templateReferencing: {mode})"
        return
    reason = f"may not be set beside a workflowTemplateRef (templateReferencing: {mode})"
    for name in set_fields(spec, "WorkflowSpec"):
        if name not in allowed():
            yield spec_path / name, reason
    if newest:
        collection = mapping(spec.get("artifactGC"))
        ways_around = sorted(names("notInArtifactGC"))
        yield from ((spec_path / "artifactGC" / name, reason) for name in ways_around if collection.get(name))


def reduced(spec: Document) -> Document:
    """*spec* as the controller reads it in those modes: nothing but what is allowed."""
    return {name: value for name, value in spec.items() if name in allowed()}
