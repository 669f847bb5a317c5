"""What the configuration says to the engine. The shell's own settings (ports, files, limits) are not here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

#: Argo versions whose rules we know: what ``4.0`` and ``4.1`` mean (interfaces.md 3).
ARGO_VERSIONS = {"4.0": "4.0.5", "4.1": "4.1.2"}


class Profile(Enum):
    """Whose verdicts the lint gives (interfaces.md 3)."""

    ARGO = "argo"
    ARGO_LINT = "argo-lint"
    RECOMMENDED = "recommended"


class ExpansionMode(Enum):
    """What becomes of references when a Workflow is created."""

    INLINE = "inline"
    EVALUATE = "evaluate"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Subject:
    """
    Whom something concerns (``rbac.authorization.k8s.io`` subjects).

    *kind* is ``User``, ``Group`` or ``ServiceAccount``; *namespace* (of a service account) and *name* are globs.
    """

    kind: str
    name: str
    namespace: str = "*"

    def concerns(self, username: str, groups: Sequence[str]) -> bool:
        """Whether the user of that name, in those groups, is meant."""
        if self.kind == "Group":
            return any(fnmatchcase(group, self.name) for group in groups)
        if self.kind == "ServiceAccount":
            prefix, _, account = username.rpartition(":")
            return prefix.startswith("system:serviceaccount:") and (
                fnmatchcase(prefix.removeprefix("system:serviceaccount:"), self.namespace)
                and fnmatchcase(account, self.name)
            )
        return fnmatchcase(username, self.name)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The part of the configuration that decides verdicts; every field has the product's default."""

    profile: Profile = Profile.RECOMMENDED
    argo_version: str = "4.1"
    expansion: ExpansionMode = ExpansionMode.INLINE
    #: Bytes of JSON above which a Workflow is not rewritten: half of what etcd takes (argo-resolution 9.5).
    expansion_limit: int = 512 * 1024
    #: Templates above which a Workflow is not rewritten: what Argo's full CRDs take.
    expansion_templates: int = 200
    controller_users: frozenset[str] = frozenset()
    #: Who submits Workflows for events, in the name of the author of a WorkflowEventBinding.
    event_submitters: frozenset[str] = frozenset()
    #: Who may create Workflows with the status of an earlier run: a retry from the archive.
    status_submitters: frozenset[str] = frozenset()
    exempt_subjects: tuple[Subject, ...] = ()
    #: The ``controller-instanceid`` labels that we judge, None for all; the empty text is a Workflow without the label.
    instance_ids: frozenset[str] | None = frozenset({""})
