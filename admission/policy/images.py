"""Image references and the globs that allow them."""

from __future__ import annotations

import re
from functools import lru_cache

from admission.policy.cel.image import DEFAULT_REGISTRY, image

#: Characters of a reference: runtimes take 255 of a name (distribution/reference) besides tag and digest.
_LONGEST = 1024

_EVERYTHING = frozenset({"*", "**"})


def allows(glob: str, reference: str) -> bool:
    """
    Whether *glob* allows the image *reference*.

    Both are read as a runtime reads a reference, so that ``alpine`` is ``docker.io/library/alpine``. A glob that names
    no tag or digest allows all of them. ``*`` stays within one part between slashes, ``**`` crosses them.
    """
    if glob in _EVERYTHING:
        return True
    read = image(reference[:_LONGEST])
    name, tag, digest = _parts(glob)
    return bool(
        read["valid"]
        and len(reference) < _LONGEST
        and matches(name, f"{read['registry']}/{read['repository']}")
        and (not tag or matches(tag, read["tag"]))
        and (not digest or matches(digest, read["digest"]))
    )


@lru_cache(maxsize=4096)
def _parts(glob: str) -> tuple[str, str, str]:
    """Name, tag and digest of a glob; empty where it has none."""
    rest, _, digest = glob.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, tag = rest, ""
    return _complete(name), tag, digest


def _complete(name: str) -> str:
    """*name* with the registry that a name without one has; one that begins with a glob may mean any."""
    first, slash, _ = name.partition("/")
    if "*" in first or "?" in first:
        return name
    if slash and ("." in first or ":" in first or first == "localhost"):
        # Letters of a registry have no case.
        return first.lower() + name[len(first) :]
    return f"{DEFAULT_REGISTRY}/{name}" if slash else f"{DEFAULT_REGISTRY}/library/{name}"


def matches(glob: str, name: str) -> bool:
    """Whether *glob* is a pattern of all of *name*."""
    return _pattern(glob).fullmatch(name) is not None


#: What a piece of a glob means.
_PIECES = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=4096)
def _pattern(glob: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*|\*|\?)", re.sub(r"\*\*\*+", "**", glob))
    return re.compile("".join(_PIECES.get(piece) or re.escape(piece) for piece in pieces), re.DOTALL)
