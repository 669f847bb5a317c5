"""The files that are part of the product: our CRDs and the library of policies."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from admission.errors import ConfigurationError
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
def api_version(kind: str) -> str:
    """The ``apiVersion`` of *kind*, one of our three."""
    spec = crds()[kind]["spec"]
    return f"{spec['group']}/{spec['versions'][0]['name']}"


@cache
def library(bundle: str = "") -> tuple[Document, ...]:
    """
    The policies and bindings of the library, in the order of their folders; of one bundle, or all of them.

    ``ConfigurationError`` where there is no such bundle.
    """
    return tuple(document for place in library_folders(bundle) for document in _documents(place))


@cache
def library_folders(bundle: str = "") -> tuple[Path, ...]:
    """The folders of those policies."""
    places = {place: _documents(place) for place in sorted(folder("policies").iterdir()) if place.is_dir()}
    bundles = {place: found[0]["spec"]["category"] for place, found in places.items()}
    if bundle and bundle not in bundles.values():
        known = ", ".join(sorted(set(bundles.values())))
        raise ConfigurationError(f"the library has no bundle {bundle!r}; there are {known}")
    return tuple(place for place in places if bundle in ("", bundles[place]))


def _documents(place: Path) -> tuple[Document, ...]:
    """The policy in the folder *place*, and its bindings."""
    texts = (path.read_text() for path in (place / "policy.yaml", place / "binding.yaml"))
    return tuple(document for text in texts for document in yaml.safe_load_all(text))
