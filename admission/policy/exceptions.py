"""
Exceptions: what is left alone for a while, by whom and why.

One removes a finding only if it alone covers all of it: policy, object, template and container. Several never combine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from admission.errors import PolicyError
from admission.model.document import Document, mapping, name_of, namespace_of, text
from admission.policy.input import ReviewInput
from admission.policy.targets import Found

#: How containers without a name of their own are called in their pod.
MAIN = "main"

#: RFC 3339, as Kubernetes takes a date-time.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """A WorkflowPolicyException. The lists but *policy_names* and *kinds* are globs."""

    policy_names: frozenset[str]
    kinds: frozenset[str]
    namespaces: tuple[str, ...]
    names: tuple[str, ...]
    templates: tuple[str, ...]
    containers: tuple[str, ...]
    grants: bool
    expires: datetime

    @classmethod
    def from_document(cls, document: Document) -> Exemption:
        """Of a document that the schema has accepted and completed. ``PolicyError`` where it never expires."""
        spec = document["spec"]
        objects = spec["objects"]
        return cls(
            policy_names=frozenset(spec["policyNames"]),
            kinds=frozenset(objects["kinds"]),
            namespaces=tuple(objects["namespaces"]),
            names=tuple(objects["names"]),
            templates=tuple(objects["templates"]),
            containers=tuple(objects["containers"]),
            grants=spec["grants"],
            expires=_time(spec["expires"]),
        )

    def is_open(self, now: datetime | None) -> bool:
        """Whether it counts at *now*; where nobody knows the time it has expired."""
        return now is not None and now < self.expires

    def concerns(self, review: ReviewInput) -> bool:
        """Whether it is about the object of *review*."""
        request = review.request
        return (
            self.is_open(request.now)
            and request.kind.kind in self.kinds
            and _any(self.namespaces, request.namespace)
            and any(_names(glob, review) for glob in self.names)
        )

    def covers(self, policy_name: str, found: Found, granting: bool) -> bool:
        """Whether it covers what a policy says of *found*. *granting*: that is about ``allow`` or ``authorize``."""
        if policy_name not in self.policy_names or (granting and not self.grants):
            return False
        return _any(self.templates, text(found.template.get("name"))) and _any(self.containers, container_of(found))


def container_of(found: Found) -> str:
    """The name of the container that *found* is; empty where it is none."""
    if not found.template or found.object is found.template or found.object is found.pod:
        return ""
    return text(found.object.get("name")) or MAIN


def key_of(document: Document) -> str:
    """What an exception is known by: its namespace and name."""
    return f"{home_of(document)}/{name_of(document)}"


def home_of(document: Document) -> str:
    """The namespace in which an exception stands: of a file that does not say, ``default``."""
    return namespace_of(document) or "default"


def counts(namespace: str, namespaces: Iterable[str]) -> bool:
    """Whether exceptions in *namespace* count; *namespaces* are the globs of the configuration."""
    return _any(namespaces, namespace)


def _names(glob: str, review: ReviewInput) -> bool:
    """Whether *glob* covers the object's name; of one that is still to be made up, whatever it will be."""
    metadata = mapping(review.object.get("metadata"))
    name = review.request.name or text(metadata.get("name"))
    if name:
        return fnmatchcase(name, glob)
    return glob.endswith("*") and fnmatchcase(text(metadata.get("generateName")), glob)


def _any(globs: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _time(written: str) -> datetime:
    try:
        if _TIME.match(written) is None:
            raise ValueError(written)
        return datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PolicyError("must be a time such as 2027-01-31T00:00:00Z") from None
