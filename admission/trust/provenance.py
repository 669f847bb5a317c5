"""What the webhook writes on an object that it changed: of what it was made, and what was put in (interfaces.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from admission.model.document import Document, annotations_of, mapping, sequence, text

EXPANDED_FROM = "argo-admission.io/expanded-from"
CHANGES = "argo-admission.io/changes"
SIGNATURES = "argo-admission.io/signatures"

#: Bytes of JSON that ``changes`` may have: all annotations of an object share 256 KiB with kubectl's own.
LONGEST = 32 * 1024


def read(document: Document, annotation: str) -> list[Document]:
    """The JSON list of objects in an annotation; what is not of that form counts as absent."""
    try:
        entries = orjson.loads(text(annotations_of(document).get(annotation)) or "[]")
    except ValueError:
        return []
    return [entry for entry in sequence(entries) if isinstance(entry, dict)]


def written(entries: Iterable[Mapping[str, Any]]) -> str:
    """*entries* as the text of an annotation: compact JSON; what does not fit is left out from the end."""
    lines = [orjson.dumps(dict(entry)).decode() for entry in entries]
    while sum(map(len, lines)) + len(lines) > LONGEST:
        lines.pop()
    return f"[{','.join(lines)}]"


def annotated(document: Document, annotations: Mapping[str, str | None]) -> Document:
    """*document* with these annotations; one that is None is removed."""
    metadata = mapping(document.get("metadata"))
    merged: Document = {**mapping(metadata.get("annotations")), **annotations}
    kept = {key: value for key, value in merged.items() if value is not None}
    if kept == mapping(metadata.get("annotations")):
        return document
    return {**document, "metadata": {**metadata, "annotations": kept}}
