"""Paths and locations of artifacts (argo-validation 4.5)."""

from __future__ import annotations

import posixpath

from admission.argo.checks.wrong import Wrongs, below
from admission.model.document import Document, mapping, sequence, text

#: What a Kerberos login needs beside its secret.
KERBEROS = {
    "krbKeytabSecret": ("krbServicePrincipalName", "krbConfigConfigMap", "krbUsername", "krbRealm"),
    "krbCCacheSecret": ("krbServicePrincipalName", "krbConfigConfigMap"),
}


def location(document: Document) -> Wrongs:
    """What the drivers git and hdfs need; Argo asks nothing of the others."""
    git, hdfs = document.get("git"), document.get("hdfs")
    if isinstance(git, dict) and not text(git.get("repo")):
        yield "art-git-repo", ("git",), "name the repository: repo"
    if isinstance(hdfs, dict):
        yield from below(("hdfs",), _hdfs(hdfs))


def _hdfs(hdfs: Document) -> Wrongs:
    path = text(hdfs.get("path"))
    if not sequence(hdfs.get("addresses")):
        yield "art-hdfs-addresses", (), "list the name nodes: addresses"
    if not path:
        yield "art-hdfs-path", (), "name the file: path"
    elif not path.startswith("/"):
        yield "art-hdfs-path-absolute", ("path",), "begin the path with '/'"
    if not (text(hdfs.get("hdfsUser")) or any(isinstance(hdfs.get(secret), dict) for secret in KERBEROS)):
        yield "art-hdfs-user", (), "say who reads: hdfsUser, krbCCacheSecret or krbKeytabSecret"
    for rule, secret in (("art-hdfs-keytab", "krbKeytabSecret"), ("art-hdfs-ccache", "krbCCacheSecret")):
        missing = [name for name in KERBEROS[secret] if not hdfs.get(name)]
        if isinstance(hdfs.get(secret), dict) and missing:
            yield rule, (), f"{secret} needs {', '.join(missing)}, too"


def leaves_its_directory(path: str) -> bool:
    """
    Whether Argo takes *path* for one that leads out of its directory by ``..``.

    Argo's test is a rough one: it takes any last element of two characters for ``..`` where what is before is not in
    its shortest form, so that ``/tmp//ab`` is refused.
    """
    before, found, _ = path.partition("/../")
    if not found:
        before = path[:-3] if path[-3:-2] == "/" and "\n" not in path[-2:] else ""
    if not before:
        return False
    clean = posixpath.normpath(path).replace("//", "/", 1) if path.startswith("//") else posixpath.normpath(path)
    return not clean.startswith(before + "/") or len(clean) <= len(before) + 1


def artifacts(direction: str, listed: object, in_pod: bool) -> Wrongs:
    """The paths of the artifacts of a template: needed where it runs in a pod, of no use elsewhere."""
    for index, entry in enumerate(sequence(listed)):
        artifact = mapping(entry)
        path, name = text(artifact.get("path")), text(artifact.get("name"))
        if not in_pod and path:
            said = f"remove the path of {name!r}: only templates that run something have files"
            yield f"{direction}-artifact-path-forbidden", (index, "path"), said
        elif in_pod and not path:
            yield f"{direction}-artifact-path-required", (index,), f"say where the file {name!r} is: path"
        elif in_pod and leaves_its_directory(path):
            yield "artifact-path-traversal", (index, "path"), "write the path without '..' and in its shortest form"
