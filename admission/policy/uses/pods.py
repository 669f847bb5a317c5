"""What pods use, whichever struct says it: of a Workflow, of its templates, of patches, of pods themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeAlias

from admission.argo.types import types
from admission.errors import MalformedSource
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path
from admission.model.source import read
from admission.policy.uses.use import OPEN, Use, named, unknown
from admission.policy.uses.walk import Struct, structs

#: Of which dimension the name is that stands in a field of some types.
_NAMED = (
    ("images", "image", "Container ScriptTemplate ContainerNode UserContainer EphemeralContainer"),
    ("images", "reference", "ImageVolumeSource"),
    (
        "serviceAccounts",
        "serviceAccountName",
        "WorkflowSpec Template PodSpec ExecutorConfig ArtifactGC WorkflowLevelArtifactGC",
    ),
    ("serviceAccounts", "serviceAccount", "PodSpec"),
    ("priorityClasses", "podPriorityClassName", "WorkflowSpec"),
    ("priorityClasses", "priorityClassName", "Template PodSpec"),
    ("secrets", "name", "SecretKeySelector SecretEnvSource SecretProjection"),
    ("secrets", "secretName", "SecretVolumeSource AzureFileVolumeSource"),
    ("configMaps", "name", "ConfigMapKeySelector ConfigMapEnvSource ConfigMapVolumeSource ConfigMapProjection"),
    ("persistentVolumeClaims", "claimName", "PersistentVolumeClaimVolumeSource"),
)

#: The dimensions that a pod's spec decides, so that a patch of nobody knows what may concern them.
OF_PODS = (
    "serviceAccounts",
    "images",
    "secrets",
    "configMaps",
    "persistentVolumeClaims",
    "volumeTypes",
    "priorityClasses",
    "nodeSelectors",
)

#: Why what a patch with tags in it says is unknown.
PATCHED = "the podSpecPatch may say anything when the workflow runs"

#: The ConfigMap that Argo reads where a reference to an artifact repository names none (argo-workflows v4.1.2).
_REPOSITORIES = "artifact-repositories"

#: The label that says which node it is.
_NODE = "kubernetes.io/hostname"

#: Operators that let a node through only because it has a label: the others keep pods away.
_POSITIVE = frozenset({"In", "Exists", "Gt", "Lt"})

_Finder: TypeAlias = Callable[[Struct], Iterator[Use]]


def of_struct(struct: Struct) -> Iterator[Use]:
    """What *struct* itself says that pods use."""
    for field, dimension in _names_in(struct.type):
        if name := text(struct.value.get(field)):
            yield named(dimension, name, struct.at(field))
    yield from _references(struct)
    if finder := _FINDERS.get(struct.type):
        yield from finder(struct)


@cache
def _names_in(type_name: str) -> tuple[tuple[str, str], ...]:
    """The fields of a type that hold a name, and of which dimension."""
    return tuple((field, dimension) for dimension, field, types in _NAMED if type_name in types.split())


def _references(struct: Struct) -> Iterator[Use]:
    """References by name alone: all are to Secrets, but for that of a cache."""
    known = types()[struct.type].fields
    for field, value in struct.value.items():
        if known[field].element != "LocalObjectReference":
            continue
        dimension = "configMaps" if field == "configMap" else "secrets"
        for each in value if isinstance(value, list) else [value]:
            if name := text(mapping(each).get("name")):
                yield named(dimension, name, struct.at(field))


def _volume(struct: Struct) -> Iterator[Use]:
    kinds = [kind for kind in struct.value if kind != "name"]
    for kind in kinds or ["emptyDir"]:
        yield named("volumeTypes", kind, struct.at(kind) if kinds else struct.here)


def _repository(struct: Struct) -> Iterator[Use]:
    yield named("configMaps", text(struct.value.get("configMap")) or _REPOSITORIES, struct.here)


def _selected(struct: Struct) -> Iterator[Use]:
    for label, value in mapping(struct.value.get("nodeSelector")).items():
        yield named("nodeSelectors", text(value), struct.at("nodeSelector"), label)
    if node := text(struct.value.get("nodeName")):
        yield named("nodeSelectors", node, struct.at("nodeName"), _NODE)
    if struct.type != "PodSpec":
        yield from _patched(struct)
    for claim in sequence(struct.value.get("volumeClaimTemplates")):
        if isinstance(claim, dict):
            yield named("volumeTypes", "persistentVolumeClaim", struct.at("volumeClaimTemplates"))


def _terms(struct: Struct) -> Iterator[Use]:
    for field in ("matchExpressions", "matchFields"):
        for requirement in map(mapping, sequence(struct.value.get(field))):
            label, operator = text(requirement.get("key")), text(requirement.get("operator"))
            # Of the fields of a node its name alone can be asked for.
            label = _NODE if field == "matchFields" else label
            if operator == "In":
                for value in sequence(requirement.get("values")):
                    yield named("nodeSelectors", text(value), struct.at(field), label)
            elif operator in _POSITIVE or OPEN in operator:
                yield Use("nodeSelectors", "", struct.at(field), label, why=f"{operator} lets many values through")


def _patched(struct: Struct) -> Iterator[Use]:
    """
    What a ``podSpecPatch`` adds. What it takes away stays counted, which is too much rather than too little.
    """
    patch, place = text(struct.value.get("podSpecPatch")), struct.at("podSpecPatch")
    if not patch.strip():
        return
    document = None if OPEN in patch else _read(patch)
    if document is None:
        for dimension in OF_PODS:
            yield unknown(dimension, place, PATCHED if OPEN in patch else "the podSpecPatch cannot be read")
        return
    for inner in structs(document, "PodSpec", Path(), struct):
        for use in of_struct(inner):
            # The patch is one text: its parts have no place of their own in what the author wrote.
            yield Use(use.dimension, use.name, place, use.key, why=use.why)


def _read(patch: str) -> Document | None:
    try:
        [source] = read(patch)
    except (MalformedSource, ValueError):
        return None
    return source.document if isinstance(source.document, dict) else None


_FINDERS: dict[str, _Finder] = {
    "Volume": _volume,
    "ArtifactRepositoryRef": _repository,
    **dict.fromkeys(("WorkflowSpec", "Template", "PodSpec", "WorkflowLevelArtifactGC"), _selected),
    "NodeSelectorTerm": _terms,
}
