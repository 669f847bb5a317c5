"""What the artifacts of a template add to its pod: secrets, plugins, places (argo-pods 2, steps 6, 11 and 12)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from admission.argo.pods.setting import Setting
from admission.argo.validation.artifacts import DRIVERS, driver, has_location_or_key, present
from admission.model.document import Document, mapping, mappings, text
from admission.model.path import Path

#: Where credentials are named, by kind of location; of several kinds in one artifact the first counts.
_SECRETS: dict[str, tuple[tuple[str, ...], ...]] = {
    "s3": (
        ("accessKeySecret",),
        ("secretKeySecret",),
        ("sessionTokenSecret",),
        ("encryptionOptions", "serverSideCustomerKeySecret"),
        ("caSecret",),
    ),
    "git": (("usernameSecret",), ("passwordSecret",), ("sshPrivateKeySecret",)),
    "artifactory": (("usernameSecret",), ("passwordSecret",)),
    "hdfs": (("krbCCacheSecret",), ("krbKeytabSecret",)),
    "oss": (("accessKeySecret",), ("secretKeySecret",)),
    "gcs": (("serviceAccountKeySecret",),),
    "http": (
        ("auth", "basicAuth", "usernameSecret"),
        ("auth", "basicAuth", "passwordSecret"),
        ("auth", "clientCert", "clientCertSecret"),
        ("auth", "clientCert", "clientKeySecret"),
        ("auth", "oauth2", "clientIDSecret"),
        ("auth", "oauth2", "clientSecretSecret"),
        ("auth", "oauth2", "tokenURLSecret"),
    ),
    "azure": (("accountKeySecret",),),
}


def artifacts(document: Document, kind: str) -> list[Document]:
    """The input or output artifacts of a template."""
    return mappings(mapping(document.get(kind)).get("artifacts"))


def has_location(artifact: Document) -> bool:
    """Whether an artifact says on its own where it is."""
    kind = driver(artifact)
    return kind is not None and all(present(mapping(artifact.get(kind)).get(each)) for each in DRIVERS[kind][0])


def is_somewhere(artifact: Document) -> bool:
    """Whether an artifact can be found at all: by a location, a key, or from where another step left it."""
    return bool(artifact.get("from") or artifact.get("fromExpression")) or has_location_or_key(artifact)


def archive_location(document: Document, setting: Setting) -> Document:
    """Where what does not say where it belongs is kept, and whether logs are; empty where there is no need of it."""
    own = mapping(document.get("archiveLocation"))
    if has_location(own):
        return own
    logs = _archives_logs(own, setting)
    everything = [*artifacts(document, "inputs"), *artifacts(document, "outputs")]
    if source := _source(document):
        everything.append(source)
    if logs or any(not has_location(each) for each in everything):
        return {**setting.repository, "archiveLogs": logs}
    return own


def _archives_logs(own: Document, setting: Setting) -> bool:
    if setting.repository.get("archiveLogs"):
        return True
    logs = own.get("archiveLogs")
    return bool(logs if logs is not None else setting.spec.get("archiveLogs"))


def secrets(document: Document, location: Document) -> dict[str, list[str]]:
    """The Secrets with credentials that the pod mounts, each with the keys that it needs."""
    found: dict[str, list[str]] = {}
    for artifact in (location, *artifacts(document, "outputs"), *artifacts(document, "inputs"), _source(document)):
        for selector in _selectors(artifact):
            name, key = text(selector.get("name")), text(selector.get("key"))
            if name and key and key not in found.setdefault(name, []):
                found[name].append(key)
    return found


def plugins(document: Document, kind: str, location: Document) -> list[str]:
    """
    The artifact plugins that the inputs or outputs of a template need.

    What has no plugin of its own counts for that of *location*, even if it says where it is.
    """
    default = text(mapping(location.get("plugin")).get("name"))
    named = (text(mapping(each.get("plugin")).get("name")) or default for each in artifacts(document, kind))
    return [name for name in dict.fromkeys(named) if name]


def mounted_inputs(document: Document, mounts: Iterable[Document]) -> Iterator[Document]:
    """The mounts of input artifacts in the main container, which has *mounts* of its own."""
    for artifact in artifacts(document, "inputs"):
        path = posixpath.normpath(text(artifact.get("path")))
        if artifact.get("optional") and not is_somewhere(artifact):
            continue
        if not any(_is_below(path, text(mount.get("mountPath"))) for mount in mounts):
            yield {"name": "input-artifacts", "mountPath": path, "subPath": text(artifact.get("name"))}


def _source(document: Document) -> Document:
    """What a data template reads; empty for others."""
    return mapping(mapping(mapping(document.get("data")).get("source")).get("artifactPaths"))


def _selectors(artifact: Document) -> Iterator[Document]:
    for kind, places in _SECRETS.items():
        location = artifact.get(kind)
        if isinstance(location, dict):
            yield from (mapping(Path(place).get(location)) for place in places if _is_used(location, place[0]))
            return


def _is_used(location: Document, part: str) -> bool:
    """Whether a part of a location counts: how S3 encrypts does only once it is told to."""
    return part != "encryptionOptions" or mapping(location.get(part)).get("enableEncryption") is True


def _is_below(path: str, folder: str) -> bool:
    folder = folder.rstrip("/")
    return path == folder or path.startswith(f"{folder}/")
