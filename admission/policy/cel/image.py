"""
Image references: what the function ``image`` of our CEL gives.

``image(text)``: an image reference as a map of registry, repository, tag and digest, read as container runtimes read
it (distribution/reference): the part before the first slash is a registry only if it has a dot or a colon, or is
``localhost``; without one it is ``docker.io``, where a single name is in ``library/``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

DEFAULT_REGISTRY = "docker.io"

#: Other names of the default registry, which runtimes rewrite.
SAME_AS_DEFAULT = frozenset({"index.docker.io", "registry-1.docker.io"})

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])"
REGISTRY = re.compile(rf"{_HOST}(?::[0-9]+)?\Z")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*\Z")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}\Z")

#: The parts of a reference; those of what is none are empty.
_PARTS = ("valid", "registry", "repository", "tag", "digest")
_NONE = (False, "", "", "", "")


def image(text: str) -> dict[str, Any]:
    """
    *text* as ``{valid, registry, repository, tag, digest}``; what is not there is the empty text.

    What is no image reference has ``valid: false`` and is empty otherwise, so that it is in no list of allowed
    registries. Letters that only look like others are not valid: registries are ASCII.
    """
    return dict(zip(_PARTS, _parts(text), strict=True))


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[bool, str, str, str, str]:
    name, at, digest = text.partition("@")
    name, tag = _tagged(name)
    registry, repository = _placed(name)
    if at and not DIGEST.match(digest):
        return _NONE
    if not REGISTRY.match(registry) or not REPOSITORY.match(repository) or (tag and not TAG.match(tag)):
        return _NONE
    return True, registry.lower(), repository, tag, digest


def _tagged(name: str) -> tuple[str, str]:
    """Name and tag: a colon before the last slash belongs to a port."""
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, ""
    return (head, tag) if tag else (name, "")


def _placed(name: str) -> tuple[str, str]:
    """Registry and repository."""
    first, slash, rest = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        first, rest = DEFAULT_REGISTRY, name
    if first.lower() in SAME_AS_DEFAULT:
        first = DEFAULT_REGISTRY
    if first.lower() == DEFAULT_REGISTRY and "/" not in rest:
        rest = f"library/{rest}"
    return first, rest
