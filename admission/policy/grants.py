"""What one ``allow`` grants, dimension by dimension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction

from admission.argo.languages import quantities
from admission.errors import LanguageError, PolicyError
from admission.model.document import Document, mapping, sequence
from admission.policy import images
from admission.policy.uses import Act, Use

#: Dimensions whose grants are globs of names.
_GLOBBED = (
    "serviceAccounts",
    "images",
    "workflowTemplates",
    "clusterWorkflowTemplates",
    "templateTypes",
    "secrets",
    "configMaps",
    "persistentVolumeClaims",
    "volumeTypes",
    "priorityClasses",
    "hosts",
    "plugins",
)

#: Globs that match whatever nobody knows yet.
_EVERYTHING = frozenset({"*", "**"})

LIMITS = ("cpu", "memory", "pods", "parallelism", "activeDeadlineSeconds")


@dataclass(frozen=True, slots=True)
class ManifestGrant:
    """Objects that resource templates may touch. *actions*: None for all."""

    group: str
    kind: str
    actions: frozenset[str] | None

    @classmethod
    def from_document(cls, document: Document) -> ManifestGrant:
        actions = document.get("actions")
        return cls(document["group"], document["kind"], None if actions is None else frozenset(actions))

    def allows(self, act: Act) -> bool:
        return (
            fnmatchcase(act.group, self.group)
            and fnmatchcase(act.kind, self.kind)
            and (self.actions is None or act.action in self.actions)
        )

    @property
    def is_everything(self) -> bool:
        return self.group in _EVERYTHING and self.kind in _EVERYTHING and self.actions is None


@dataclass(frozen=True)
class Grants:
    """
    The grants of one ``allow``.

    *names* are globs by dimension, *labels* those of node selectors by label, *limits* the most by dimension.
    *dimensions* are all that it names: what it governs.
    """

    names: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, tuple[str, ...]]
    manifests: tuple[ManifestGrant, ...]
    limits: Mapping[str, Fraction]
    dimensions: frozenset[str]

    @classmethod
    def of(cls, allow: Document) -> Grants:
        """*allow*, which the schema has accepted and completed. ``PolicyError`` for a limit that is no quantity."""
        limits = mapping(allow.get("limits"))
        try:
            numbers = {name: quantities.parse(value) for name, value in limits.items()}
        except LanguageError as error:
            raise PolicyError(str(error)) from None
        return cls(
            names={name: tuple(allow[name]) for name in _GLOBBED if name in allow},
            labels={label: tuple(globs) for label, globs in mapping(allow.get("nodeSelectors")).items()},
            manifests=tuple(map(ManifestGrant.from_document, sequence(allow.get("manifests")))),
            limits=numbers,
            dimensions=frozenset(allow.keys() - {"limits"} | {f"limits.{name}" for name in limits}),
        )

    def allows(self, use: Use) -> bool:
        """Whether *use* is granted; of what nobody knows yet, whether everything is."""
        if use.dimension == "manifests":
            if use.act is None or use.why:
                return any(grant.is_everything for grant in self.manifests)
            return any(grant.allows(use.act) for grant in self.manifests)
        globs = self.labels.get(use.key, ()) if use.dimension == "nodeSelectors" else self.names.get(use.dimension, ())
        if use.why:
            return not _EVERYTHING.isdisjoint(globs)
        if use.dimension == "images":
            return any(images.allows(glob, use.name) for glob in globs)
        return any(fnmatchcase(use.name, glob) for glob in globs)


def most(grants: Iterable[Grants], name: str) -> Fraction | None:
    """The largest limit of that name; None where none of *grants* has one."""
    return max((each.limits[name] for each in grants if name in each.limits), default=None)
