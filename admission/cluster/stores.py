"""Where our own certificates are kept: a Secret that all replicas share, or a folder of one process."""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from admission.cluster.certificates import Certificate
from admission.cluster.client import Client, Refused
from admission.cluster.rotation import Held
from admission.errors import ClusterError
from admission.model.document import Document, mapping, text

#: Whoever writes another value here has the authority rolled.
ROTATE = "argo-admission.io/rotate"

_ROTATED = "argo-admission.io/rotated"
_SINCE = "argo-admission.io/since"

#: File names of what is kept; ``ca.crt`` is the bundle, as users of a Secret of this type expect it.
_BUNDLE = "ca.crt"
_PARTS = {"leaf": "tls", "authority": "authority", "coming": "coming"}
_GOING = "going.crt"

_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Secret:
    """
    A Secret, of type ``kubernetes.io/tls`` where we make it ourselves.

    One that is there and empty counts as none: a chart makes it so that we need no right to create others.
    """

    def __init__(self, client: Client, namespace: str, name: str) -> None:
        self._client, self._namespace, self._name = client, namespace, name
        self._collection = f"/api/v1/namespaces/{namespace}/secrets"
        self._path = f"{self._collection}/{name}"

    def read(self) -> Held | None:
        found = self._get()
        return None if found is None or not found.get("data") else self._held(found)

    def create(self, held: Held) -> Held:
        found = self._get()
        if found is not None and found.get("data"):
            return self._held(found)
        try:
            return self._held(self._write(found, held))
        except Refused as error:
            if error.code != 409:
                raise
        # Another replica came first, so that there is one now.
        return self._held(self._client.get(self._path))

    def replace(self, held: Held) -> Held:
        found = self._get()
        if found is None or _version(found) != held.version:
            raise Conflict(f"Secret {self._name} was changed by somebody else meanwhile")
        return self._held(self._write(found, held))

    def _get(self) -> Document | None:
        try:
            return self._client.get(self._path)
        except Refused as error:
            if error.code == 404:
                return None
            raise

    def _write(self, found: Document | None, held: Held) -> Document:
        """Write *held* into *found*, whose type and whatever others have noted on it stay."""
        metadata = mapping(found.get("metadata")) if found else {"name": self._name, "namespace": self._namespace}
        notes = {_SINCE: held.since.strftime(_TIME), ROTATE: held.asked, _ROTATED: held.done}
        annotations = {**mapping(metadata.get("annotations")), **notes}
        written = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": found.get("type", "Opaque") if found else "kubernetes.io/tls",
            "metadata": {**metadata, "annotations": {key: value for key, value in annotations.items() if value}},
            "data": {name: base64.b64encode(content).decode() for name, content in _files(held)},
        }
        return self._client.replace(self._path, written) if found else self._client.create(self._collection, written)

    def _held(self, document: Document) -> Held:
        metadata = mapping(document.get("metadata"))
        annotations = {key: text(value) for key, value in mapping(metadata.get("annotations")).items()}
        try:
            files = {
                name: base64.b64decode(text(value), validate=True)
                for name, value in mapping(document.get("data")).items()
            }
            held = _of_files(files, annotations)
        except ValueError as error:
            raise ValueError(f"Secret {self._name}: {error}") from error
        return replace(held, version=_version(document))


class Conflict(ClusterError):
    """Somebody else has written meanwhile."""


def _version(document: Document) -> str:
    return text(mapping(document.get("metadata")).get("resourceVersion"))


@dataclass(frozen=True)
class Folder:
    """A folder of one machine, for a process and its workers."""

    folder: Path

    def read(self) -> Held | None:
        files = {
            name: (self.folder / name).read_bytes()
            for name in [*(f"{part}.{end}" for part in _PARTS.values() for end in ("crt", "key")), _GOING]
            if (self.folder / name).exists()
        }
        if not files:
            return None
        since = datetime.fromtimestamp((self.folder / _BUNDLE).stat().st_mtime, UTC)
        held = _of_files(files, {_SINCE: since.strftime(_TIME)})
        return replace(held, version=_digest(held))

    def create(self, held: Held) -> Held:
        with self._alone():
            return self.read() or self._write(held)

    def replace(self, held: Held) -> Held:
        with self._alone():
            found = self.read()
            if found is None or found.version != held.version:
                raise Conflict(f"{self.folder}: another process has written meanwhile")
            return self._write(held)

    def _write(self, held: Held) -> Held:
        wanted = dict(_files(held))
        for name, content in wanted.items():
            file = self.folder / f".{name}"
            file.unlink(missing_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(content)
            file.replace(self.folder / name)
        for name in {_GOING, "coming.crt", "coming.key"} - wanted.keys():
            (self.folder / name).unlink(missing_ok=True)
        os.utime(self.folder / _BUNDLE, (held.since.timestamp(),) * 2)
        return replace(held, version=_digest(held))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps out the other workers of this process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _digest(held: Held) -> str:
    return sha256(held.bundle + held.leaf.certificate).hexdigest()


def _files(held: Held) -> Iterator[tuple[str, bytes]]:
    for field, name in _PARTS.items():
        made: Certificate | None = getattr(held, field)
        if made is not None:
            yield f"{name}.key", made.key
            yield f"{name}.crt", made.certificate
    if held.going:
        yield _GOING, held.going
    yield _BUNDLE, held.bundle


def _of_files(files: Mapping[str, bytes], annotations: Mapping[str, str]) -> Held:
    """What *files* keep; ValueError where something is missing."""
    missing = [name for name in ("authority.crt", "authority.key", "tls.crt", "tls.key") if not files.get(name)]
    if missing:
        raise ValueError(f"it has no {', '.join(missing)}")
    coming = Certificate(files["coming.crt"], files.get("coming.key", b"")) if "coming.crt" in files else None
    return Held(
        authority=Certificate(files["authority.crt"], files["authority.key"]),
        leaf=Certificate(files["tls.crt"], files["tls.key"]),
        coming=coming,
        going=files.get(_GOING, b""),
        since=_since(annotations.get(_SINCE, "")),
        asked=annotations.get(ROTATE, ""),
        done=annotations.get(_ROTATED, ""),
    )


def _since(written: str) -> datetime:
    try:
        return datetime.strptime(written, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
