"""What templates do: their types, the hosts that they call, the objects that they touch, plugins, other templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import urlsplit

from admission.errors import MalformedSource
from admission.model.document import Document, mapping, name_of, sequence, text
from admission.model.source import read
from admission.policy.uses.use import IN_THE_RUN, OPEN, Act, Use, named, unknown
from admission.policy.uses.walk import Struct

TYPES = ("container", "containerSet", "script", "resource", "data", "http", "plugin", "suspend", "steps", "dag")

#: Tags whose values Kubernetes and Argo choose, and that can therefore not change what a manifest is.
_SAFE = re.compile(r"\{\{\s*(?:workflow\.(?:name|uid)|pod\.name)\s*\}\}")
_OWN = re.compile(r"\{\{\s*workflow\.namespace\s*\}\}")

#: What stands for such values. No object can have such a name, so that nobody can have written it.
_SOME, _OWN_NAMESPACE = "SOME_NAME", "OWN_NAMESPACE"

_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#\\]*)")

_Finder: TypeAlias = Callable[[Struct], Iterator[Use]]


def of_struct(struct: Struct) -> Iterator[Use]:
    """What *struct* says that templates do."""
    if finder := _FINDERS.get(struct.type):
        yield from finder(struct)


def _template(struct: Struct) -> Iterator[Use]:
    for name in TYPES:
        if name in struct.value:
            yield named("templateTypes", name, struct.at(name))
    for name in mapping(struct.value.get("plugin")):
        yield named("plugins", name, struct.at("plugin"))


def _spec(struct: Struct) -> Iterator[Use]:
    for plugin in map(mapping, sequence(struct.value.get("executorPlugins"))):
        name = name_of(plugin)
        yield named("plugins", name, struct.at("executorPlugins"))


def _http(struct: Struct) -> Iterator[Use]:
    place, url = struct.at("url"), text(struct.value.get("url"))
    host = host_of(url)
    if host is None:
        yield unknown("hosts", place, IN_THE_RUN if OPEN in url else "it is no URL with a host")
    else:
        yield named("hosts", host, place)


def host_of(url: str) -> str | None:
    """The host of *url* in small letters; None where the run decides it, or where there is none."""
    found = _AUTHORITY.match(url.strip())
    if found is None or OPEN in found[0]:
        return None
    # A tag right behind the authority may go on with it.
    if url.strip()[found.end() : found.end() + 2] == OPEN:
        return None
    try:
        return urlsplit(found[0]).hostname
    except ValueError:
        return None


def _resource(struct: Struct) -> Iterator[Use]:
    place, action = struct.at("manifest"), text(struct.value.get("action"))
    if "manifestFrom" in struct.value:
        yield unknown("manifests", struct.at("manifestFrom"), "the manifest comes from an artifact")
        return
    if sequence(struct.value.get("flags")):
        yield unknown("manifests", struct.at("flags"), "flags may change what kubectl does")
        return
    documents = None if OPEN in action else _manifests(text(struct.value.get("manifest")))
    if documents is None:
        yield unknown("manifests", place, "the manifest is known only when the workflow runs")
        return
    for document in documents:
        act = _act(action, document)
        yield Use("manifests", "", place, act=act, why="" if act.kind else "the manifest names no kind")


def _manifests(manifest: str) -> list[Document] | None:
    """The objects of *manifest*; None where the run decides what they are."""
    settled = _OWN.sub(_OWN_NAMESPACE, _SAFE.sub(_SOME, manifest))
    if OPEN in settled:
        return None
    try:
        documents = [source.document for source in read(settled)]
    except MalformedSource:
        return None
    found = [each for document in documents for each in _items(document)]
    return found or None


def _items(document: object) -> list[Document]:
    """*document*, or what is in it where it is a List."""
    whole = mapping(document)
    if text(whole.get("kind")).endswith("List") and isinstance(whole.get("items"), list):
        return [mapping(item) for item in whole["items"]]
    return [whole]


def _act(action: str, document: Document) -> Act:
    group, _, version = text(document.get("apiVersion")).rpartition("/")
    metadata = mapping(document.get("metadata"))
    namespace, name = text(metadata.get("namespace")), text(metadata.get("name"))
    return Act(
        action=action,
        group=group,
        version=version,
        kind=text(document.get("kind")),
        namespace="" if namespace == _OWN_NAMESPACE else namespace,
        name="" if _SOME in name or _OWN_NAMESPACE in name else name,
    )


def _reference(struct: Struct) -> Iterator[Use]:
    """A reference that is still there."""
    cluster = struct.value.get("clusterScope") is True
    dimension = "clusterWorkflowTemplates" if cluster else "workflowTemplates"
    yield named(dimension, text(struct.value.get("name")), struct.at("name"))


_FINDERS: dict[str, _Finder] = {
    "Template": _template,
    "WorkflowSpec": _spec,
    "HTTP": _http,
    "ResourceTemplate": _resource,
    "TemplateRef": _reference,
    "WorkflowTemplateRef": _reference,
}
