"""What is believed of the annotations that we wrote, on an object that comes with them: never their word alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.argo.expand import expand
from admission.model.annotations import CHANGES, EXPANDED_FROM, entries
from admission.model.catalog import Lookup
from admission.model.document import Document, mapping, sequence, text
from admission.snapshot import Snapshot
from admission.trust.digest import digest

#: Objects that one Workflow may be made of; what says more is believed nothing.
_MOST = 50


def kept_sources(document: Document, snapshot: Snapshot, namespace: str) -> list[Document]:
    """
    The entries of ``expanded-from`` on *document*, if they are true: what they name has that digest now, and what is
    in it stands in the spec. Else none of them.
    """
    said = entries(document, EXPANDED_FROM)
    if not said or len(said) > _MOST:
        return []
    true = all(_is_true(entry, document, snapshot, namespace) for entry in said)
    return said if true else []


def kept_changes(document: Document, snapshot: Snapshot) -> list[Document]:
    """The entries of ``changes`` on *document* that a webhook of ours may have written: to tell what it did before."""
    known = {f"policy/{name}" for name in snapshot.policies.policies} | {"expand"}
    return [entry for entry in entries(document, CHANGES) if text(entry.get("reason")) in known]


def _is_true(entry: Document, document: Document, snapshot: Snapshot, namespace: str) -> bool:
    kind, name = text(entry.get("kind")), text(entry.get("name"))
    where = "" if kind == "ClusterWorkflowTemplate" else namespace
    found = snapshot.catalog.get(Lookup(kind, where, name))
    if not isinstance(found, dict) or digest(found) != entry.get("digest"):
        return False
    return any(_holds(document, template) for template in _brought(found, snapshot, namespace))


def _brought(source: Document, snapshot: Snapshot, namespace: str) -> Iterator[Document]:
    """The templates of *source* as they are when they are written out."""
    reference = {"name": mapping(source.get("metadata")).get("name")}
    if source.get("kind") == "ClusterWorkflowTemplate":
        reference["clusterScope"] = True
    start = {"kind": "Workflow", "metadata": {}, "spec": {"workflowTemplateRef": reference}}
    version = snapshot.settings.argo_version
    made = expand(start, snapshot.catalog, namespace=namespace, argo_version=version)
    yield from map(mapping, sequence(mapping(made.document.get("spec")).get("templates")))


def _holds(document: Document, template: Document) -> bool:
    """Whether a template of *document* has in it all that *template* has."""
    there = sequence(mapping(document.get("spec")).get("templates"))
    body = {name: value for name, value in template.items() if name not in ("name", "metadata")}
    return any(_contains(each, body) for each in there)


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _contains(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        same_length = isinstance(whole, list) and len(whole) == len(part)
        return same_length and all(map(_contains, whole, part))
    return bool(whole == part)
