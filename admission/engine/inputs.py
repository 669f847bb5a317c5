"""What the stages look at: the Workflow of a request, its references followed, with every default in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import orjson

from admission.argo.controller import template_referencing
from admission.argo.expand import Expansion, expand
from admission.argo.started import Started, started
from admission.argo.template_defaults import with_template_defaults
from admission.engine.asking import asker
from admission.model.document import Document, mapping, sequence
from admission.model.review import Request
from admission.model.settings import ExpansionMode
from admission.policy.input import Reference, ReviewInput
from admission.snapshot import Snapshot

#: Kinds that are no Workflow, and from which one is started later. Webhooks never rewrite these, so they are judged
#: with what will be put into that Workflow.
SOURCES = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow", "WorkflowEventBinding"})


def judged_input(request: Request, document: Document, snapshot: Snapshot) -> ReviewInput:
    """What policies judge of *document*: the Workflow that it is, or that would be started from it."""
    start = started(document)
    expansion = followed(start.document, request, snapshot)
    workflow = with_template_defaults(expansion.document, expansion.copies)
    who = asker(request, snapshot)
    found = ReviewInput(
        request=request,
        object=document,
        old_object=request.old_object,
        workflow=workflow,
        merged=workflow,
        place=lambda path: start.place(expansion.place(path)),
        catalog=snapshot.catalog,
        copies=expansion.copies,
        argo_version=snapshot.settings.argo_version,
        references=tuple(_references(expansion, start)),
        author=who.author,
        unknown_asker=who.unknown,
    )
    if request.kind.kind not in SOURCES or not may_write(start.document, expansion.document, snapshot):
        return found
    mutated = snapshot.policies.mutate(found).document
    return found if mutated is workflow else replace(found, workflow=mutated, merged=mutated)


def mutable_input(request: Request, document: Document, stored: Document, snapshot: Snapshot) -> ReviewInput:
    """What mutations look at: *stored*, which will be written, and what the controller would make of it."""
    who = asker(request, snapshot)
    expansion = followed(stored, request, snapshot)
    return ReviewInput(
        request=request,
        object=document,
        old_object=request.old_object,
        workflow=stored,
        merged=with_template_defaults(expansion.document, expansion.copies),
        catalog=snapshot.catalog,
        author=who.author,
        unknown_asker=who.unknown,
    )


def _references(expansion: Expansion, start: Started) -> Iterator[Reference]:
    """The templates that were followed, or should have been, at their places in the object as it came."""
    yield from (Reference(each.kind, each.name, start.place(each.path)) for each in expansion.sources)
    yield from (Reference(each.kind, each.name, start.place(each.path)) for each in expansion.missing)


def followed(document: Document, request: Request, snapshot: Snapshot) -> Expansion:
    """The Workflow *document* as it would run: all that is known written out, the controller's defaults in it."""
    with snapshot.measure("expand"):
        return expand(
            document,
            snapshot.catalog,
            namespace=request.namespace or "default",
            argo_version=snapshot.settings.argo_version,
            with_defaults=True,
            inline=False,
        )


def may_write(workflow: Document, expanded: Document, snapshot: Snapshot) -> bool:
    """Whether mutations of policies can be written into *workflow*, of which *expanded* is all that it refers to."""
    referring = bool(mapping(workflow.get("spec")).get("workflowTemplateRef"))
    if not referring:
        return True
    settings = snapshot.settings
    inline = settings.expansion is ExpansionMode.INLINE and not restricted(snapshot)
    return inline and not too_large(expanded, snapshot)


def restricted(snapshot: Snapshot) -> str:
    """The controller's ``templateReferencing``: ``Strict``, ``Secure`` or empty."""
    return template_referencing(snapshot.catalog.controller_config())


def too_large(document: Document, snapshot: Snapshot) -> str:
    """Why *document* is too large to be stored in place of its references; empty where it is not."""
    settings = snapshot.settings
    templates = len(sequence(mapping(document.get("spec")).get("templates")))
    if templates > settings.expansion_templates:
        return f"it would have {templates} templates, more than {settings.expansion_templates}"
    try:
        size = len(orjson.dumps(document))
    except TypeError:  # more levels than the API server itself takes
        return "it would be nested too deeply"
    if size > settings.expansion_limit:
        return f"it would have {size} bytes, more than {settings.expansion_limit}"
    return ""
