"""Where our own certificates are kept: a Secret that all replicas share, or a folder of one process."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from admission.cluster.certificates import Certificate
from admission.cluster.client import Client, Refused
from admission.cluster.rotation import Held
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
    """A Secret of type ``kubernetes.io/tls``."""

    def __init__(self, client: Client, namespace: str, name: str) -> None:
        self._client, self._namespace, self._name = client, namespace, name
        self._collection = f"/api/v1/namespaces/{namespace}/secrets"
        self._path = f"{self._collection}/{name}"

    def read(self) -> Held | None:
        try:
            found = self._client.get(self._path)
        except Refused as error:
            if error.code == 404:
                return None
            raise
        return self._held(found)

    def create(self, held: Held) -> Held:
        try:
            return self._held(self._client.create(self._collection, self._document(replace(held, version=""))))
        except Refused as error:
            if error.code != 409:
                raise
        # Another replica came first, so that there is one now.
        return self._held(self._client.get(self._path))

    def replace(self, held: Held) -> Held:
        return self._held(self._client.replace(self._path, self._document(held)))

    def _held(self, document: Document) -> Held:
        metadata = mapping(document.get("metadata"))
        try:
            files = {
                name: base64.b64decode(text(value), validate=True)
                for name, value in mapping(document.get("data")).items()
            }
        except binascii.Error as error:
            raise ValueError(f"Secret {self._name}: {error}") from error
        annotations = {key: text(value) for key, value in mapping(metadata.get("annotations")).items()}
        try:
            held = _of_files(files, annotations)
        except ValueError as error:
            raise ValueError(f"Secret {self._name}: {error}") from error
        return replace(held, version=text(metadata.get("resourceVersion")))

    def _document(self, held: Held) -> Document:
        annotations = {_SINCE: held.since.strftime(_TIME), ROTATE: held.asked, _ROTATED: held.done}
        metadata = {
            "name": self._name,
            "namespace": self._namespace,
            "labels": {"app.kubernetes.io/managed-by": "argo-admission"},
            "annotations": {key: value for key, value in annotations.items() if value},
            **({"resourceVersion": held.version} if held.version else {}),
        }
        data = {name: base64.b64encode(content).decode() for name, content in _files(held)}
        return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": metadata, "data": data}


@dataclass(frozen=True)
class Folder:
    """A folder that nobody else reads."""

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
        return _of_files(files, {_SINCE: since.strftime(_TIME)})

    def create(self, held: Held) -> Held:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.replace(held)

    def replace(self, held: Held) -> Held:
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
        return held


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
