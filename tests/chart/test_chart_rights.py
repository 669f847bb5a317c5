"""Least privilege: the roles of the chart are exactly what is watched and written, and nothing widens them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from rendering import SETS, Object, configuration, one, render

from admission.cluster.permissions import PERMISSIONS, Permission
from admission.config import parse
from admission.model.document import Document
from admission.policy.authorize import _RESOURCES, USE

#: Where a right holds, the group, the resource, the one name that it holds for, and the verb.
Right = tuple[str, str, str, str, str]

_REPORTS = {"policyreports": "reports", "clusterpolicyreports": "clusterreports"}


@pytest.mark.parametrize("values", [name for name in SETS if name != "smallest"])
def test_rights(charts: dict[str, list[Object]], values: str) -> None:
    """The account of the webhook may do what the table of permissions says for this configuration, and nothing else."""
    objects = charts[values]
    granted = {*_granted(one(objects, "ClusterRole", ".platform"), "cluster")}
    granted |= {*_granted(one(objects, "Role", "argo-admission"), "release")}

    assert granted == {*_needed(parse(configuration(objects), values))}


def test_the_account_has_no_other_role(charts: dict[str, list[Object]]) -> None:
    """One role everywhere, one in its namespace."""
    bound = {
        (each["kind"], each["roleRef"]["name"])
        for each in charts["default"]
        if each["kind"].endswith("RoleBinding") and each["subjects"][0]["name"] == "argo-admission"
    }

    assert bound == {("ClusterRoleBinding", "argo-admission.platform"), ("RoleBinding", "argo-admission")}


def test_rights_of_the_hooks(charts: dict[str, list[Object]]) -> None:
    """A hook may do what its one command does, and its account goes with it."""
    webhooks = [("admissionregistration.k8s.io", f"{kind}webhookconfigurations") for kind in ("mutating", "validating")]
    named = [("cluster", group, resource, "argo-admission.platform") for group, resource in webhooks]
    cleanup = {(*each, verb) for each in named for verb in ("get", "patch")}
    probe = {(*each, "get") for each in named} | {("cluster", "argo-admission.io", "workflowpolicies", "", "create")}
    hooks = [
        each
        for each in charts["default"]
        if "-cleanup" in each["metadata"]["name"] or "-probe" in each["metadata"]["name"]
    ]

    assert {*_granted(one(hooks, "ClusterRole", "-cleanup"), "cluster")} == cleanup
    assert {*_granted(one(hooks, "ClusterRole", "-probe"), "cluster")} == probe
    assert all("hook-succeeded" in each["metadata"]["annotations"]["helm.sh/hook-delete-policy"] for each in hooks)


@pytest.mark.parametrize("values", SETS)
def test_nothing_can_be_widened(charts: dict[str, list[Object]], values: str) -> None:
    """No role has a wildcard, a verb that gives rights away, or Secrets and configurations beside its own."""
    roles = [each for each in charts[values] if each["kind"] in ("ClusterRole", "Role")]
    rights = [right for each in roles for right in _granted(each, "")]
    wide = [right for right in rights if "*" in right or right[4] in ("escalate", "bind", "impersonate")]
    secrets = [right for right in rights if right[2] == "secrets" and right[4] != "use" and not right[3]]
    webhooks = [right for right in rights if "webhook" in right[2] and right[4] != "create" and not right[3]]

    assert (wide, secrets, webhooks) == ([], [], [])


def test_no_roles(helm: Path) -> None:
    """Whoever gives rights himself gets no role of ours, not even those of the hooks."""
    kinds = {each["kind"] for each in render(helm, "--set", "rbac.create=false,rbac.useRole=false")}

    assert not kinds & {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}
    assert {"Job", "ServiceAccount"} <= kinds


def test_use_is_aggregated_to_no_other_role(charts: dict[str, list[Object]]) -> None:
    """The role with the verb `use` has no label by which `edit` or `admin` would take it up."""
    found = [each for each in charts["default"] if each["kind"] == "ClusterRole" and "-use" in each["metadata"]["name"]]
    labels = [name for each in found for name in each["metadata"]["labels"]]

    assert len(found) == 2
    assert not [name for name in labels if name.startswith("rbac.authorization.k8s.io/aggregate-to-")]


def test_use_is_what_policies_ask_about(charts: dict[str, list[Object]]) -> None:
    """Whatever `authorize` of a policy asks the verb `use` for can be given by the role of the chart."""
    role = one(charts["default"], "ClusterRole", "-use-all")
    given = {(group, resource, verb) for _, group, resource, _, verb in _granted(role, "")}

    assert given == {(group, plural, USE) for group, plural, *_ in _RESOURCES.values()}


def _granted(role: Object, scope: str) -> Iterator[Right]:
    for rule in role.get("rules", ()):
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for name in rule.get("resourceNames", [""]):
                    yield from ((scope, group, resource, name, verb) for verb in rule["verbs"])


def _needed(configured: Document) -> Iterator[Right]:
    """What the table asks for, where the part that needs it is switched on."""
    for permission in PERMISSIONS:
        if _is_on(permission.part, configured) and not (
            permission.name == "controller-config" and not _name(permission, configured)
        ):
            yield from _rights(permission, configured)


def _rights(permission: Permission, configured: Document) -> Iterable[Right]:
    group, resource = permission.group, permission.resource
    if permission.part == "audit":
        group = configured["audit"]["reportsVersion"].partition("/")[0]
        resource = _REPORTS[resource] if group == "openreports.io" else resource
    # The namespace of the controller may come later than we do: its ConfigMap is named for all namespaces.
    scope = "release" if permission.scope == "release" else "cluster"
    return ((scope, group, resource, _name(permission, configured), verb) for verb in permission.verbs)


def _is_on(part: str, configured: Document) -> bool:
    audit = configured["audit"]
    parts: dict[str, bool] = {
        "": True,
        "conditions": configured["policies"]["conditions"],
        "leaderElection": configured["leaderElection"]["enabled"],
        "selfManaged": "selfManaged" in configured["tls"],
        "webhooks": configured["webhooks"]["manage"],
        "audit": audit["intervalSeconds"] > 0 and audit["reports"],
        "events": configured["events"]["enabled"],
    }
    return parts[part]


def _name(permission: Permission, configured: Document) -> str:
    names: dict[str, str] = {
        "": "",
        "webhooks": configured["webhooks"]["name"],
        "owner": configured["webhooks"]["owner"]["name"],
        "lease": configured["leaderElection"]["name"],
        "secret": configured["tls"].get("selfManaged", {}).get("secret", {}).get("name", ""),
        "controller-config": configured["controller"]["configMap"],
    }
    return names[permission.name]
