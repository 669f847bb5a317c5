"""What some have beside their checkout: Argo's own manifests, and what Argo says of them. Nobody else misses it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from admission.errors import MalformedSource
from admission.model.document import Document
from admission.model.source import read

SHARED = Path(__file__).parents[2] / "shared"
CORPUS = SHARED / "corpus"

#: Argo's examples and test files, and the full CRDs.
ARGO, CRDS = CORPUS / "argo", CORPUS / "argo-crds" / "full"


def documents(file: Path) -> list[Document]:
    """The objects in a file of manifests; none where it cannot be read."""
    try:
        return [each.document for each in read(file.read_text(encoding="utf-8")) if isinstance(each.document, dict)]
    except MalformedSource:
        return []


def lines(name: str) -> Iterator[Any]:
    """The values in the corpus' packed file of that name, one a line."""
    with gzip.open(CORPUS / name, "rt", encoding="utf-8") as packed:
        yield from map(json.loads, packed)
