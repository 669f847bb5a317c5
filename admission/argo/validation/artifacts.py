"""Where an artifact is: the drivers in Argo's order, and what each needs to be a location."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from admission.model.document import Document, mapping, text

#: Driver, the fields that make it a full location, and the field that is its key (or holds a URL whose path is).
DRIVERS: dict[str, tuple[tuple[str, ...], str]] = {
    "artifactory": (("url", "usernameSecret"), "url"),
    "azure": (("endpoint", "container", "blob"), "blob"),
    "git": (("repo",), ""),
    "gcs": (("bucket", "key"), "key"),
    "hdfs": (("addresses",), "path"),
    "http": (("url",), "url"),
    "oss": (("bucket", "endpoint", "key"), "key"),
    "raw": ((), ""),
    "s3": (("endpoint", "bucket", "key"), "key"),
    "plugin": (("name", "configuration", "key"), "key"),
}


def driver(artifact: Document) -> str | None:
    """The driver that counts: of several the first in Argo's order."""
    return next((name for name in DRIVERS if isinstance(artifact.get(name), dict)), None)


def has_location_or_key(artifact: Document) -> bool:
    """Whether the artifact says where it is, or at least under which key (argo-validation 4.3)."""
    name = driver(artifact)
    if name is None:
        return False
    needed, key = DRIVERS[name]
    location = mapping(artifact.get(name))
    return all(present(location.get(each)) for each in needed) or bool(key and _key(key)(text(location.get(key))))


def present(value: object) -> bool:
    """Whether Go's decoder leaves something else than a zero value; an empty object is something."""
    return isinstance(value, dict) or bool(value)


def _key(field: str) -> Callable[[str], str]:
    return _path if field == "url" else str


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
