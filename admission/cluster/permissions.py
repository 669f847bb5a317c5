"""
What we ask of the API server, as a table: the roles of the chart are compared with it.

What is watched comes from ``kinds.py``, what is written from the writers of this package.
"""

from __future__ import annotations

from dataclasses import dataclass

from admission.cluster.kinds import AUTHORED_KINDS, POLICY_KINDS, RESOURCES, USER_KINDS

_READ = ("get", "list", "watch")


@dataclass(frozen=True, slots=True)
class Permission:
    """
    Verbs on one resource.

    *scope* is ``cluster``, ``release`` (the namespace of our pods) or ``controller`` (that of the workflow
    controller). *name* says which object alone is meant: ``webhooks`` (``webhooks.name``), ``owner``
    (``webhooks.owner``), ``lease``, ``secret``, ``controller-config``; empty: any. *part* is the part of the
    configuration that needs it: ``audit``, ``events`` … ; empty: always.
    """

    group: str
    resource: str
    verbs: tuple[str, ...]
    scope: str = "cluster"
    name: str = ""
    part: str = ""


def _watched() -> tuple[Permission, ...]:
    """What the informers list and watch, and what live look-ups get."""
    found = []
    for kind, resource in RESOURCES.items():
        group = resource.base.removeprefix("/apis/").rpartition("/")[0] if resource.base.startswith("/apis/") else ""
        if kind == "ConfigMap":
            found.append(Permission(group, resource.plural, _READ, "controller", "controller-config"))
            found.append(Permission(group, resource.plural, ("get",)))
        else:
            # Of Workflows only that they are there matters, so that none is ever asked for by name.
            named = kind not in USER_KINDS or kind in AUTHORED_KINDS
            found.append(Permission(group, resource.plural, _READ if named else ("list", "watch")))
        if kind in POLICY_KINDS:
            found.append(Permission(group, f"{resource.plural}/status", ("patch",), part="conditions"))
    return tuple(found)


_WEBHOOKS = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")

PERMISSIONS: tuple[Permission, ...] = (
    *_watched(),
    Permission("authorization.k8s.io", "subjectaccessreviews", ("create",)),
    Permission("coordination.k8s.io", "leases", ("get", "update"), "release", "lease", "leaderElection"),
    Permission("", "secrets", ("get", "update"), "release", "secret", "selfManaged"),
    *(
        permission
        for resource in _WEBHOOKS
        for permission in (
            # What is created cannot be limited by its name.
            Permission("admissionregistration.k8s.io", resource, ("create",), part="webhooks"),
            Permission("admissionregistration.k8s.io", resource, ("get", "update"), name="webhooks", part="webhooks"),
        )
    ),
    Permission("rbac.authorization.k8s.io", "clusterroles", ("get",), name="owner", part="webhooks"),
    Permission("discovery.k8s.io", "endpointslices", ("list",), "release", part="webhooks"),
    Permission("wgpolicyk8s.io", "policyreports", ("get", "create", "update", "list", "delete"), part="audit"),
    Permission("wgpolicyk8s.io", "clusterpolicyreports", ("get", "create", "update", "delete"), part="audit"),
    Permission("", "events", ("create",), part="events"),
)
