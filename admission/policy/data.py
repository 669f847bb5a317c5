"""The files that are part of the product: our CRDs and the library of policies."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from admission.model.document import Document

_PACKAGE = Path(__file__).parents[1]


def folder(name: str) -> Path:
    """The folder ``crds`` or ``policies``: within the wheel, or at the root of a checkout."""
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


@cache
def crds() -> dict[str, Document]:
    """Our CustomResourceDefinitions by kind."""
    documents = [yaml.safe_load(path.read_text()) for path in sorted(folder("crds").glob("*.yaml"))]
    return {document["spec"]["names"]["kind"]: document for document in documents}


@cache
def schema(kind: str) -> Document:
    """The structural schema of *kind*, one of our three."""
    found: Document = crds()[kind]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return found


@cache
def library() -> tuple[Document, ...]:
    """The policies and bindings of the library, in the order of their folders."""
    files = [
        path
        for place in sorted(folder("policies").iterdir())
        for path in (place / "policy.yaml", place / "binding.yaml")
        if path.is_file()
    ]
    return tuple(document for path in files for document in yaml.safe_load_all(path.read_text()) if document)
