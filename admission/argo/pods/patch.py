"""
``podSpecPatch`` (argo-pods 7): read as the controller reads it, merged as Kubernetes merges, and read back as Go does.

Go's decoder takes a field's name in any letter case, the merge only in the right one. So a key such as ``HostNetwork``
goes past the merge and still takes effect; here, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from admission.argo.decoding import decoded
from admission.argo.letter_case import other_keys, read_back
from admission.argo.merge import strategic_merge
from admission.argo.pods.values import closed, dumped, is_unknown
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
    return _remembered(written) if len(written) <= _LONGEST_REMEMBERED else _last_long_ones(written)


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
    """
    The pod spec with *patch* over it; ``MergeError`` where the controller would not take it.

    After a strange one it has keys that are no fields: it is to be :func:`read_again` after the last patch.
    """
    if patch.document is None:
        raise MergeError(patch.remarks[0])
    if not is_unknown(dumped(patch.document)):
        decoded(patch.document, "PodSpec")
    return strategic_merge(spec, patch.document, "PodSpec")


def read_again(spec: Document) -> Document:
    """The pod spec after its patches, as Go reads it."""
    read_spec: Document = read_back(None, spec, "PodSpec")
    return read_spec


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
    strange = list(other_keys(document, "PodSpec", Path()))
    remarks += [
        f"{path} is {name!r} in another letter case: the controller takes it so" for path, name in strange if name
    ]
    return Patch(document, tuple(remarks), bool(strange))


_remembered = lru_cache(maxsize=1024)(_parsed)
#: That of a whole Workflow comes back with each of its templates.
_last_long_ones = lru_cache(maxsize=4)(_parsed)
