"""
``podSpecPatch`` (argo-pods 7): read as the controller reads it, merged as Kubernetes merges, and read back as Go does.

Go's decoder takes a field's name in any letter case, the merge only in the right one. So a key such as ``HostNetwork``
goes past the merge and still takes effect; here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from admission.argo.merge import strategic_merge
from admission.argo.pods.values import closed, dumped, is_unknown
from admission.argo.types import decoded, fields_of
from admission.errors import MalformedSource, MergeError
from admission.model.document import Document
from admission.model.path import Path
from admission.model.source import read

_LONGEST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Patch:
    """
    A patch as it was read: *document* is None where it cannot be. *remarks* are what is strange about it.

    *strange*: it has keys that the merge does not know as fields: those of another letter case, directives, others.
    """

    document: Document | None
    remarks: tuple[str, ...] = ()
    strange: bool = False


def parsed(written: str) -> Patch:
    """The patch that stands in *written*."""
    return _remembered(written) if len(written) <= _LONGEST_REMEMBERED else _parsed(written)


def strangeness(written: str) -> tuple[str, ...]:
    """What is wrong with the keys and values of a patch that can be read; values that only the run knows are not."""
    patch = parsed(closed(written))
    if patch.document is None:
        return ()
    try:
        if not is_unknown(dumped(patch.document)):
            decoded(patch.document, "PodSpec")
    except MergeError as error:
        return (*patch.remarks, f"{Path(error.steps)}: {error}")
    return patch.remarks


def applied(spec: Document, patch: Patch) -> Document:
    """The pod spec with *patch* over it; ``MergeError`` where the controller would not take it."""
    if patch.document is None:
        raise MergeError(patch.remarks[0])
    if not is_unknown(dumped(patch.document)):
        decoded(patch.document, "PodSpec")
    merged = strategic_merge(spec, patch.document, "PodSpec")
    if patch.strange:
        merged = _read_back(None, merged, "PodSpec")
    return merged


def _parsed(written: str) -> Patch:
    text = written.strip()
    try:
        sources = read(text)
    except MalformedSource as error:
        return Patch(None, (f"cannot be read: {error}",))
    document = sources[0].document if sources else {}
    if not isinstance(document, dict):
        return Patch(None, ("is no object with fields of a pod's spec",))
    remarks = (
        [f"{each.path} stands there twice: the last one counts" for each in sources[0].repeated] if sources else []
    )
    if len(sources) > 1:
        remarks.append("has several documents: the first one counts")
    strange = list(_strange(document, "PodSpec", Path()))
    remarks += [
        f"{path} is {name!r} in another letter case: the controller takes it so" for path, name in strange if name
    ]
    return Patch(document, tuple(remarks), bool(strange))


_remembered = lru_cache(maxsize=1024)(_parsed)


def _strange(value: Any, shape: str, path: Path) -> Iterator[tuple[Path, str]]:
    """The keys in *value* that are no names of fields, and the field that is meant: empty where none is."""
    shape = shape.removeprefix("*")
    if isinstance(value, list) and shape.startswith("[]"):
        for index, each in enumerate(value):
            yield from _strange(each, shape[2:], path / index)
    if not isinstance(value, dict):
        return
    of = fields_of(shape)
    for name, each in value.items():
        if of is None:
            if shape.startswith("{}"):
                yield from _strange(each, shape[2:], path / name)
            continue
        field = of.find(name)
        if field is None or field.name != name:
            yield path / name, field.name if field else ""
        if field is not None:
            yield from _strange(each, field.shape, path / name)


def _read_back(there: Any, value: Any, shape: str) -> Any:
    """
    *value* as Go's decoder reads it into *there*, where something may be already.

    Unknown keys are left out; the others come in the order of their bytes. What a field has from an earlier spelling
    stays where a later one does not say otherwise, elements of lists by their index included.
    """
    shape = shape.removeprefix("*")
    if isinstance(value, list) and shape.startswith("[]"):
        before = there if isinstance(there, list) else []
        return [
            _read_back(before[index] if index < len(before) else None, each, shape[2:])
            for index, each in enumerate(value)
        ]
    of = fields_of(shape)
    if not isinstance(value, dict) or (of is None and not shape.startswith("{}")):
        return value
    result: Document = dict(there) if isinstance(there, dict) else {}
    for name in sorted(value, key=lambda key: key.encode("utf-8", "surrogatepass")):
        field = of.find(name) if of else None
        if field is not None:
            result[field.name] = _read_back(result.get(field.name), value[name], field.shape)
        elif of is None:
            result[name] = _read_back(None, value[name], shape[2:])
    return result
