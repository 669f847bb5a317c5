"""
The controller's merge of a Workflow, the template it refers to and the controller's defaults (argo-resolution 3).

The Workflow wins over the template, the template over the defaults. All documents are decoded ones (``types.decoded``).
"""

from __future__ import annotations

from typing import Any

from admission.argo.merge import merge_typed
from admission.model.document import Document, mapping, sequence, text

#: The kinds of artifact locations in the order in which Argo looks for one.
_LOCATIONS = ("artifactory", "azure", "git", "gcs", "hdfs", "http", "oss", "raw", "s3", "plugin")

#: What there is of metadata in maps.
_MAPS = ("labels", "annotations")

_VALUES = ("value", "default", "valueFrom")


def merged(high: Document, low: Document) -> Document:
    """The spec *high* over the spec *low*; hooks and ``labelsFrom`` are taken over whole, and only where missing."""
    kept, rest = _taken_out(low)
    result = merge_typed(rest, high, "WorkflowSpec")
    for path, entries in kept.items():
        result = _put_back(result, path, entries)
    return result


def joined(workflow: Document, template: Document, defaults: Document, *, newest: bool) -> Document:
    """The spec that runs: *workflow*'s over *template*'s over *defaults*', with the controller's fix-ups."""
    result = merged(merged(workflow, template), defaults)
    result = _with(result, "suspend", workflow.get("suspend"))
    own, theirs = mapping(workflow.get("arguments")), mapping(template.get("arguments"))
    arguments = mapping(result.get("arguments"))
    fixed = {
        **arguments,
        **_list("parameters", _parameters(arguments, own, theirs)),
        **_list("artifacts", _artifacts(arguments, own, theirs) if newest else sequence(arguments.get("artifacts"))),
    }
    return {**result, "arguments": fixed} if fixed != arguments else result


def with_defaults(workflow: Document, defaults: Document) -> Document:
    """A Workflow without a reference, with the controller's defaults under it: all of metadata, and the spec."""
    own = mapping(workflow.get("metadata"))
    metadata = merge_typed(mapping(defaults.get("metadata")), own, "ObjectMeta")
    # What was merged is decoded over what is there: no label is lost, not even one that reads as a directive.
    metadata |= {kind: mapping(own[kind]) | mapping(metadata.get(kind)) for kind in _MAPS if own.get(kind)}
    spec = merged(mapping(workflow.get("spec")), mapping(defaults.get("spec")))
    return {**workflow, "metadata": metadata, "spec": spec}


def default_metadata(metadata: Document, defaults: Document) -> Document:
    """The metadata of a Workflow with a reference: only labels and annotations come from the defaults."""
    changed = dict(metadata)
    for kind in _MAPS:
        entries = {**mapping(defaults.get(kind)), **mapping(metadata.get(kind))}
        if entries != mapping(metadata.get(kind)):
            changed[kind] = entries
    return changed


_KEPT: tuple[tuple[str, ...], ...] = (("hooks",), ("workflowMetadata", "labelsFrom"))


def _taken_out(low: Document) -> tuple[dict[tuple[str, ...], Document], Document]:
    """What of *low* is not merged field by field, and the rest of it."""
    kept = {path: entries for path in _KEPT if (entries := mapping(_at(low, path)))}
    rest = {name: value for name, value in low.items() if name != "hooks"}
    if "workflowMetadata" in rest:
        metadata = mapping(rest["workflowMetadata"])
        rest["workflowMetadata"] = {name: value for name, value in metadata.items() if name != "labelsFrom"}
    return kept, rest


def _put_back(spec: Document, path: tuple[str, ...], entries: Document) -> Document:
    if len(path) > 1:
        inner = _put_back(mapping(spec.get(path[0])), path[1:], entries)
        return {**spec, path[0]: inner}
    return {
        **spec,
        path[0]: {
            **mapping(spec.get(path[0])),
            **{k: v for k, v in entries.items() if v is not None},
            **mapping(spec.get(path[0])),
        },
    }


def _at(document: Document, path: tuple[str, ...]) -> Any:
    for step in path:
        document = mapping(document.get(step))
    return document


def _with(document: Document, name: str, value: Any) -> Document:
    rest = {key: each for key, each in document.items() if key != name}
    return rest if value is None else {**rest, name: value}


def _list(name: str, elements: list[Any]) -> Document:
    return {name: elements} if elements else {}


def _parameters(arguments: Document, own: Document, theirs: Document) -> list[Any]:
    """The merged parameters, each with the values of one level alone."""
    workflow, template = _with_values(own), _with_values(theirs)
    return [
        workflow.get(_name(each), template.get(_name(each), each)) if _has_value(each) else each
        for each in sequence(arguments.get("parameters"))
    ]


def _with_values(arguments: Document) -> dict[str, Document]:
    return {_name(each): each for each in sequence(arguments.get("parameters")) if _has_value(each)}


def _name(each: Document) -> str:
    return text(each.get("name"))


def _has_value(parameter: Document) -> bool:
    return any(parameter.get(name) is not None for name in _VALUES)


def _artifacts(arguments: Document, own: Document, theirs: Document) -> list[Any]:
    """The merged artifacts: where both levels have the same kind of location it is merged, else one level has all."""
    both = (*sequence(theirs.get("artifacts")), *sequence(own.get("artifacts")))
    overrides = {_name(each): each for each in both}
    return [
        _artifact(each, overrides[_name(each)]) if _name(each) in overrides else each
        for each in sequence(arguments.get("artifacts"))
    ]


def _artifact(base: Document, override: Document) -> Document:
    kind = _location(base)
    if not kind or kind != _location(override):
        return override
    # The base is the merge of both, so that it has what both say of this location, and any other that only one names.
    locations = merge_typed(_only_locations(base), _only_locations(override), "ArtifactLocation")
    return {**{name: value for name, value in override.items() if name not in _LOCATIONS}, **locations}


def _location(artifact: Document) -> str:
    return next((name for name in _LOCATIONS if artifact.get(name) is not None), "")


def _only_locations(artifact: Document) -> Document:
    return {name: value for name, value in artifact.items() if name in _LOCATIONS}
