"""What ``/mutate`` writes: the references of a Workflow, policies' mutations, and the author of a schedule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from admission.argo.expand import Source, expand
from admission.argo.expansion.result import Left
from admission.argo.fold import fold
from admission.argo.update import SpecEdit, spec_edit
from admission.engine import authorship, references
from admission.engine.belief import kept_changes, kept_sources
from admission.engine.injection import allowed_in
from admission.engine.inputs import mutable_input, restricted, too_large
from admission.model.annotations import CHANGES, EXPANDED_FROM, annotated, entries, packed
from admission.model.document import Document, mapping
from admission.model.finding import Action, Finding
from admission.model.patch import diff, same
from admission.model.path import Path
from admission.model.review import Request, Verdict
from admission.model.settings import ExpansionMode
from admission.snapshot import Snapshot
from admission.trust import author
from admission.trust.digest import digest


@dataclass(frozen=True)
class Writing:
    """
    What is to be written: *document* so far, and why it is as it is.

    *sources* are the entries of ``expanded-from``, *changes* those of ``changes``, *left* references that stay;
    *denials*: what denies those that go.
    """

    document: Document
    sources: tuple[Document, ...] = ()
    changes: tuple[Document, ...] = ()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()
    denials: tuple[Finding, ...] = ()


def create(request: Request, snapshot: Snapshot) -> Verdict:
    """A Workflow: its references are written out, and policies' mutations put in."""
    document = request.object or {}
    made = _mutated(request, _written_out(document, request, snapshot), snapshot)
    sources = (*kept_sources(document, snapshot, request.namespace), *made.sources)
    changes = (*kept_changes(document, snapshot), *made.changes)
    return _verdict(document, made, sources, changes)


def update(request: Request, snapshot: Snapshot) -> Verdict:
    """A Workflow: a repeated apply is folded back; what has not started yet gets what policies give."""
    old, new = request.old_object or {}, request.object or {}
    changes, sources = entries(old, CHANGES), entries(old, EXPANDED_FROM)
    defaults = snapshot.catalog.workflow_defaults()
    folded = fold(old, new, changes=changes, expanded_from=sources, defaults=defaults)
    begun = bool(old.get("status") or new.get("status"))
    if begun or spec_edit("Workflow", mapping(old.get("spec")), mapping(folded.get("spec"))) <= SpecEdit.RUN_CONTROL:
        return Verdict(patch=diff(new, folded))
    made = _mutated(request, Writing(folded), snapshot)
    return _verdict(new, made, sources, (*changes, *made.changes))


def record_author(request: Request, snapshot: Snapshot) -> Verdict:
    """A CronWorkflow or event binding: who wrote it, kept where an UPDATE drops it."""
    document = request.object or {}
    return Verdict(patch=diff(document, author.with_author(document, authorship.expected(request))))


def _written_out(document: Document, request: Request, snapshot: Snapshot) -> Writing:
    """*document* with its references written out, where that is wanted and leaves the run as it is."""
    settings = snapshot.settings
    if settings.expansion is not ExpansionMode.INLINE:
        return Writing(document)
    namespace = request.namespace or "default"
    found = expand(document, snapshot.catalog, namespace=namespace, argo_version=settings.argo_version)
    if found.document is document:
        return Writing(document, left=found.unexpanded)
    if why := too_large(found.document, snapshot):
        left = Left(Path(("spec",)), why)
        return Writing(document, left=(left,), notes=(f"references were not written out: {why}",))
    written_over = (operation for operation in diff(document, found.document) if operation.op != "remove")
    changes = tuple(_entry(operation.path, "expand") for operation in written_over)
    against = tuple(
        each for each in references.written_out(request, document, found, snapshot) if each.action is Action.DENY
    )
    return Writing(found.document, tuple(map(_source, found.sources)), changes, found.unexpanded, denials=against)


def _source(source: Source) -> Document:
    """The entry of ``expanded-from`` for an object that was written out."""
    metadata = mapping(source.document.get("metadata"))
    known: Document = {key: metadata[key] for key in ("uid", "resourceVersion") if key in metadata}
    return {"kind": source.kind, "name": source.name, **known, "digest": digest(source.document)}


def _entry(path: Path, reason: str) -> Document:
    return {"path": str(path), "reason": reason}


def _mutated(request: Request, made: Writing, snapshot: Snapshot) -> Writing:
    """*made* with the mutations of all policies that concern the request."""
    if not snapshot.policies.mutates:
        return made
    review = mutable_input(request, request.object or {}, made.document, snapshot)
    with snapshot.measure("mutate"):
        mutated = snapshot.policies.mutate(review)
    document, changes, notes = mutated.document, mutated.changes, mutated.warnings
    if mode := _restricting(made.document, snapshot):
        newest = not snapshot.settings.argo_version.startswith("4.0")
        document, changes, refused = allowed_in(mode, made.document, document, changes, newest=newest)
        notes = (*notes, *refused)
    entries = tuple(_entry(change.path, change.reason) for change in dict.fromkeys(changes))
    return replace(made, document=document, changes=(*made.changes, *entries), notes=(*made.notes, *notes))


def _restricting(document: Document, snapshot: Snapshot) -> str:
    """The mode of the controller in which it would end *document* for what we put in; empty where it would not."""
    return restricted(snapshot) if mapping(document.get("spec")).get("workflowTemplateRef") else ""


def _verdict(document: Document, made: Writing, sources: Iterable[Document], changes: Iterable[Document]) -> Verdict:
    """The difference between what came and what is to be stored, with our annotations on it."""
    origin, list_of = packed(_distinct(sources)), packed(_distinct(changes))
    marks = {EXPANDED_FROM: origin if origin != "[]" else None, CHANGES: list_of if list_of != "[]" else None}
    result = annotated(made.document, marks)
    left = packed(_entry(each.path, each.reason) for each in made.left)
    audited = {
        "expanded-from": origin if made.sources else "",
        "changes": list_of if made.changes else "",
        "unexpanded": left if made.left else "",
    }
    return Verdict(
        findings=made.denials,
        patch=() if same(document, result) else diff(document, result),
        notes=made.notes,
        annotations={key: value for key, value in audited.items() if value},
    )


def _distinct(entries: Iterable[Document]) -> list[Document]:
    """*entries*, of several about the same thing the last one."""
    found: dict[tuple[object, ...], Document] = {}
    for entry in entries:
        found[entry.get("kind"), entry.get("name"), entry.get("path"), entry.get("reason")] = entry
    return list(found.values())
