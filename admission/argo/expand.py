"""
References followed: what will really run of a Workflow, a CronWorkflow or a template.

``expand`` writes out what a document refers to, for two uses. What the webhook *stores* must run exactly as before, so
that some references stay (argo-resolution 9.4). What is *judged* has in it whatever the run may bring. ``merge_only``
is the controller's own merge, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from admission.argo import labels
from admission.argo.decoding import decoded, respelt
from admission.argo.expansion import cron, join, templates
from admission.argo.expansion.place import Places
from admission.argo.expansion.restrict import forbidden
from admission.argo.expansion.result import Expansion, Left, Missing, Source
from admission.argo.expansion.spec import Circumstances, Resolved, reference, resolve
from admission.argo.kinds import KINDS
from admission.errors import MergeError
from admission.model.catalog import Catalog
from admission.model.document import Document, labels_of, mapping, namespace_of, text
from admission.model.path import Path

__all__ = ["Expansion", "Left", "Missing", "Source", "expand", "merge_only"]

Placed = TypeVar("Placed", Source, Missing, Left)

#: A value that Kubernetes takes for a label.
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\Z")


def expand(
    document: Document,
    catalog: Catalog,
    *,
    namespace: str,
    argo_version: str,
    with_defaults: bool = False,
    inline: bool = True,
) -> Expansion:
    """
    *document*, which is in *namespace* if it does not say, with what it refers to written out.

    *inline*: for storing, that is only where the run stays the same. Without it for judging: everything that is known
    is written out. *with_defaults* merges the controller's ``workflowDefaults`` under it. A document without
    references, and without defaults, is its own expansion.
    """
    kind = text(document.get("kind"))
    known = KINDS.get(kind)
    path = known.spec_path if known else None
    spec = path.get(document) if path else None
    if path is None or not isinstance(spec, dict):
        return Expansion(document)
    defaults = catalog.workflow_defaults() if with_defaults and kind in ("Workflow", "CronWorkflow") else {}
    where = namespace_of(document) or namespace
    around = Circumstances(catalog, where, not argo_version.startswith("4.0"), defaults)
    try:
        if not inline and (read := respelt(spec, newest=around.newest)) is not spec:
            document, spec = _put(document, path, read), read
        return _Expanding(document, kind, path, spec, around, inline).expansion()
    except MergeError as error:
        at = path.join(error.steps) if error.steps else path / "workflowTemplateRef"
        return Expansion(document, error=str(error), error_path=at)
    except RecursionError:
        return Expansion(document, error="is nested too deeply", error_path=path)


def merge_only(document: Document, catalog: Catalog, *, namespace: str, argo_version: str) -> Expansion:
    """
    The Workflow *document*, or the one that the CronWorkflow *document* starts, as the controller merges it.

    That is with its defaults, and the reference stays; templateRefs are left alone.
    """
    kind = text(document.get("kind"))
    if kind not in ("Workflow", "CronWorkflow"):
        return Expansion(document)
    where = namespace_of(document) or namespace
    around = Circumstances(catalog, where, not argo_version.startswith("4.0"), catalog.workflow_defaults())
    try:
        workflow = document if kind == "Workflow" else cron.started(document)
        return _merged(workflow, around)
    except MergeError as error:
        return Expansion(document, error=str(error), error_path=Path(error.steps))
    except RecursionError:
        return Expansion(document, error="is nested too deeply")


def _merged(document: Document, around: Circumstances) -> Expansion:
    workflow = decoded(document, "Workflow", newest=around.newest)
    defaults = decoded(around.defaults, "Workflow", newest=around.newest)
    spec, path = mapping(workflow.get("spec")), Path(("spec",))
    if reference(spec) is None:
        refused = tuple(forbidden(spec, path, around.mode, newest=around.newest)) if around.mode else ()
        merged = join.with_defaults(workflow, defaults) if defaults else workflow
        return Expansion(merged, forbidden=refused)
    resolved = resolve(spec, path, replace(around, defaults=defaults), keep_unknown=False)
    if resolved.missing is not None:
        return Expansion(document, missing=(resolved.missing,), forbidden=resolved.forbidden)
    metadata = join.default_metadata(mapping(workflow.get("metadata")), mapping(defaults.get("metadata")))
    merged = {**workflow, "metadata": metadata, "spec": resolved.spec}
    if around.newest:
        merged = _labelled(merged, resolved)
    sources = (resolved.source,) if resolved.source else ()
    return Expansion(merged, sources=sources, forbidden=resolved.forbidden)


class _Expanding:
    """One expansion: *spec* stands at *path* of *document*."""

    def __init__(
        self, document: Document, kind: str, path: Path, spec: Document, around: Circumstances, inline: bool
    ) -> None:
        self._document, self._kind, self._path, self._spec = document, kind, path, spec
        self._around, self._inline = around, inline

    def expansion(self) -> Expansion:
        own = reference(self._spec) if self._kind in ("Workflow", "CronWorkflow") else None
        if own is None and not self._around.defaults and not templates.any_reference(self._spec):
            return Expansion(self._document, forbidden=self._refused())
        if self._inline and (reason := self._stays(own)):
            return Expansion(self._document, unexpanded=tuple(self._left(own, reason)), forbidden=self._refused())
        if own is None:
            return self._with_templates(self._with_defaults(), None)
        resolved = resolve(self._spec, self._path, self._around, keep_unknown=True)
        if resolved.missing is not None:
            return Expansion(self._document, missing=(resolved.missing,), forbidden=resolved.forbidden)
        spec = {name: value for name, value in resolved.spec.items() if name != "workflowTemplateRef"}
        return self._with_templates(_put(self._document, self._path, spec), resolved)

    def _refused(self) -> tuple[tuple[Path, str], ...]:
        mode = self._around.mode if self._kind in ("Workflow", "CronWorkflow") else ""
        return tuple(forbidden(self._spec, self._path, mode, newest=self._around.newest)) if mode else ()

    def _stays(self, own: Document | None) -> str:
        """Why nothing of the document may be written out; empty where it may."""
        if own is not None and self._around.mode:
            return f"the controller wants the reference (templateReferencing: {self._around.mode})"
        if own is not None and self._spec.get("templates"):
            return "a Workflow has templates of its own or a workflowTemplateRef, not both"
        if self._kind == "Workflow" and self._document.get("status"):
            return "its status refers to templates as they were"
        return ""

    def _left(self, own: Document | None, reason: str) -> list[Left]:
        first = [Left(self._path / "workflowTemplateRef", reason)] if own is not None else []
        return [*first, *(Left(place, reason) for place in templates.references(self._spec, self._path))]

    def _with_defaults(self) -> Document:
        """The document, which has no reference to a whole template, with the controller's defaults under it."""
        defaults = self._around.defaults
        if not defaults:
            return self._document
        if self._kind == "Workflow":
            return join.with_defaults(self._document, defaults)
        return _put(self._document, self._path, join.merged(self._spec, mapping(defaults.get("spec"))))

    def _with_templates(self, document: Document, resolved: Resolved | None) -> Expansion:
        """The end of an expansion: *document* with its templateRefs written out."""
        around, spec = self._around, mapping(self._path.get(document))
        written = templates.write_out(
            spec, self._path, around.catalog, around.namespace, newest=around.newest, faithful=self._inline
        )
        found = _put(document, self._path, written.spec)
        places = Places(
            expanded=written.spec,
            authored=self._spec,
            spec_path=self._path,
            template=resolved.template if resolved else {},
            reference=self._path / "workflowTemplateRef" if resolved else Path(),
            brought=written.brought,
            rewritten=written.rewritten,
        )
        if resolved and self._kind == "Workflow":
            metadata = join.default_metadata(mapping(found.get("metadata")), mapping(around.defaults.get("metadata")))
            found = _labelled({**found, "metadata": metadata}, resolved)
        sources = (resolved.source,) if resolved and resolved.source else ()
        return Expansion(
            found,
            sources=_each_once((*sources, *_placed(written.sources, places))),
            missing=_placed(written.missing, places),
            unexpanded=_placed(written.unexpanded, places),
            forbidden=resolved.forbidden if resolved else self._refused(),
            place=places,
            copies=written.copies,
        )


def _put(document: Document, path: Path, spec: Document) -> Document:
    """*document* with *spec* at *path*; itself where that is there already."""
    if path.get(document) is spec:
        return document
    if len(path) == 1:
        return {**document, "spec": spec}
    return {**document, "spec": {**document["spec"], "workflowSpec": spec}}


def _placed(found: Iterable[Placed], places: Places) -> tuple[Placed, ...]:
    """*found* at their places in what its author wrote."""
    return tuple(replace(each, path=places(each.path)) for each in found)


def _each_once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """*sources* without repetition; of one object the first reference to it counts."""
    found: dict[tuple[str, str], Source] = {}
    for source in sources:
        found.setdefault((source.kind, source.name), source)
    return tuple(found.values())


def _labelled(document: Document, resolved: Resolved) -> Document:
    """*document* with the label that Argo gives what was started from a template; without, if no label can say it."""
    source = resolved.source
    if source is None or not _LABEL.match(source.name):
        return document
    metadata = mapping(document.get("metadata"))
    own = {**labels_of(document), labels.TEMPLATE[source.kind]: source.name}
    return {**document, "metadata": {**metadata, "labels": own}}
