"""``workflowTemplateRef`` resolved: the spec of a Workflow, and what was found on the way (argo-resolution 2, 9.2)."""

from __future__ import annotations

from dataclasses import dataclass

from admission.argo.controller import template_referencing
from admission.argo.decoding import decoded
from admission.argo.expansion.join import joined
from admission.argo.expansion.lookup import find
from admission.argo.expansion.restrict import forbidden, reduced
from admission.argo.expansion.result import Missing, Source
from admission.errors import MergeError
from admission.model.catalog import Catalog
from admission.model.document import Document, mapping
from admission.model.path import Path


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    Where a Workflow would run: *catalog* and *namespace*, for Argo 4.1 (*newest*) or 4.0.

    *defaults* is the Workflow that is merged under it; empty where that is not asked for.
    """

    catalog: Catalog
    namespace: str
    newest: bool
    defaults: Document

    @property
    def mode(self) -> str:
        """The controller's ``templateReferencing``."""
        return template_referencing(self.catalog.controller_config())


@dataclass(frozen=True, slots=True)
class Resolved:
    """
    The merged *spec*, the reference still in it.

    *template* is the decoded spec that was referred to; *source* or *missing* what the reference led to; *forbidden*
    what the controller's mode does not allow.
    """

    spec: Document
    template: Document
    source: Source | None = None
    missing: Missing | None = None
    forbidden: tuple[tuple[Path, str], ...] = ()


def reference(spec: Document) -> Document | None:
    """The ``workflowTemplateRef`` of *spec*."""
    found = spec.get("workflowTemplateRef")
    return found if isinstance(found, dict) and found else None


def resolve(spec: Document, path: Path, around: Circumstances, *, keep_unknown: bool) -> Resolved:
    """
    The *spec* at *path*, which has a reference, merged with what that names, as the controller does.

    ``MergeError`` where it would stop; its steps lead to the place in *spec*, or are empty for the template's fault.
    """
    own = decoded(spec, "WorkflowSpec", newest=around.newest, keep_unknown=keep_unknown)
    refused = tuple(forbidden(own, path, around.mode, newest=around.newest)) if around.mode else ()
    place = path / "workflowTemplateRef"
    found = find(mapping(own.get("workflowTemplateRef")), around.catalog, around.namespace, place)
    if isinstance(found, Missing):
        return Resolved(spec, {}, missing=found, forbidden=refused)
    template = _template(found, around.newest)
    defaults = decoded(mapping(around.defaults.get("spec")), "WorkflowSpec", newest=around.newest)
    merged = joined(reduced(own) if around.mode else own, template, defaults, newest=around.newest)
    return Resolved(merged, template, source=found, forbidden=refused)


def _template(source: Source, newest: bool) -> Document:
    part = ""
    try:
        for part, shape in (("metadata", "ObjectMeta"), ("spec", "WorkflowSpec")):
            found = decoded(source.document.get(part) or {}, shape, newest=newest)
        return found
    except MergeError as error:
        place = Path((part, *error.steps))
        raise MergeError(f"{source.kind} {source.name!r}, {place}: {error}") from None
