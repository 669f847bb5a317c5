"""
The annotations of ours: how they are called, read and written (interfaces.md 7).

Whoever may write an object can write each of them, so that nothing in one is believed for its own sake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from admission.model.document import Document, annotations_of, mapping, mappings, text

#: By the webhook: the objects that were written out into this one, what else it changed, and who is the author.
EXPANDED_FROM = "argo-admission.io/expanded-from"
CHANGES = "argo-admission.io/changes"
AUTHOR = "argo-admission.io/author"

#: By authors and signers.
PINS = "argo-admission.io/pins"
SIGNATURES = "argo-admission.io/signatures"
PARAMETERS = "argo-admission.io/parameters"

#: With the id of a rule: the reason why a warning of it does not apply.
IGNORE = "ignore.argo-admission.io/"

#: Bytes of JSON that a list in an annotation may have: all those of an object share 256 KiB with kubectl's own.
LONGEST = 32 * 1024


def said(document: Document, annotation: str) -> Any:
    """What *annotation* says in JSON; None where it is absent or says nothing, False where it is no JSON."""
    written = annotations_of(document).get(annotation)
    if written is None:
        return None
    try:
        return orjson.loads(text(written)) or None
    except ValueError:
        return False


def entries(document: Document, annotation: str) -> list[Document]:
    """The objects of the list in *annotation*; none where it is of another form."""
    return mappings(said(document, annotation))


def packed(entries: Iterable[Mapping[str, Any]]) -> str:
    """*entries* as the text of an annotation: compact JSON; what does not fit is left out from the end."""
    lines: list[str] = []
    length = 0
    for entry in entries:
        line = orjson.dumps(dict(entry)).decode()
        length += len(line) + 1
        if length > LONGEST:
            break
        lines.append(line)
    return f"[{','.join(lines)}]"


def annotated(document: Document, annotations: Mapping[str, str | None]) -> Document:
    """*document* with these annotations; one that is None is removed."""
    metadata = mapping(document.get("metadata"))
    merged: Document = {**mapping(metadata.get("annotations")), **annotations}
    kept = {key: value for key, value in merged.items() if value is not None}
    if kept == mapping(metadata.get("annotations")):
        return document
    return {**document, "metadata": {**metadata, "annotations": kept}}
