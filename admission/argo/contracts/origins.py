"""From which object each template of an expanded Workflow comes: whose contract its callers are held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admission.argo import labels
from admission.argo.expansion.result import Expansion, Key
from admission.argo.expansion.templates import copies
from admission.argo.kinds import referred
from admission.model.annotations import EXPANDED_FROM, entries
from admission.model.catalog import Catalog
from admission.model.document import Document, labels_of, mapping, name_of, sequence, text

#: Objects that one Workflow may say to be made of.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Origins:
    """*whole* is the object that the Workflow runs all of; *templates* are by their names there the copied ones."""

    whole: Document | None
    templates: Mapping[str, Key]
    objects: Mapping[tuple[str, str], Document]

    def __bool__(self) -> bool:
        return bool(self.objects)


def origins(workflow: Document, expansion: Expansion, catalog: Catalog, namespace: str) -> Origins:
    """
    Those of *workflow*, which was expanded to *expansion*.

    What it refers to now, and what it says to have been made of: that makes nobody less strict, so it is believed.
    """
    objects = {(source.kind, source.name): source.document for source in expansion.sources}
    named = {text(mapping(each).get("name")): index for index, each in enumerate(_templates(expansion.document))}
    templates = {name: expansion.copies[index] for name, index in named.items() if index in expansion.copies}
    reference = mapping(mapping(workflow.get("spec")).get("workflowTemplateRef"))
    whole = objects.get(referred(reference))
    for kind, name, found in _said(workflow, catalog, namespace):
        objects.setdefault((kind, name), found)
        label = labels_of(workflow).get(labels.TEMPLATE[kind])
        whole = found if whole is None and label == name else whole
        for key in _keys(kind, name, found):
            templates |= {copy: key for copy in copies(key) if copy in named and copy not in templates}
    if whole is not None:
        templates = {**{key.template: key for key in _keys(whole["kind"], name_of(whole), whole)}, **templates}
    return Origins(whole, templates, objects)


def _said(workflow: Document, catalog: Catalog, namespace: str) -> Iterator[tuple[str, str, Document]]:
    """The objects that the annotation ``expanded-from`` names, as they are now."""
    for entry in entries(workflow, EXPANDED_FROM)[:_MOST]:
        kind, name = text(entry.get("kind")), text(entry.get("name"))
        if kind == "WorkflowTemplate":
            found = catalog.workflow_template(namespace, name)
        elif kind == "ClusterWorkflowTemplate":
            found = catalog.cluster_workflow_template(name)
        else:
            continue
        if isinstance(found, dict):
            yield kind, name, {**found, "kind": kind}


def _keys(kind: str, name: str, document: Document) -> Iterator[Key]:
    return (Key(kind, name, text(mapping(each).get("name"))) for each in _templates(document))


def _templates(document: Document) -> list[Document]:
    return sequence(mapping(document.get("spec")).get("templates"))
