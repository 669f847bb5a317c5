"""Requests, snapshots and Workflows for the tests of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ours import ours

from admission.argo.kinds import KINDS
from admission.engine import review
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.patch import apply
from admission.model.review import GroupVersionKind, Phase, Request, User, Verdict
from admission.model.settings import Settings
from admission.policy import data
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot

ALICE = User("alice", ("developers", "system:authenticated"))
CONTROLLER = User("system:serviceaccount:argo:argo", ("system:serviceaccounts", "system:authenticated"))

_UIDS = itertools.count()


def workflow(name: str = "hello", *, kind: str = "Workflow", metadata: Document | None = None, **spec: Any) -> Document:
    """A Workflow of these fields; without any, one that runs one container."""
    given = spec or {"entrypoint": "main", "templates": [container("main")]}
    namespace = {} if kind.startswith("Cluster") else {"namespace": "default"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **namespace, **(metadata or {})},
        "spec": given,
    }


def container(name: str, **fields: Any) -> Document:
    """A template that runs one container."""
    return {"name": name, "container": {"image": "alpine:3.20", "command": ["true"], **fields}}


def steps(name: str, *calls: Document) -> Document:
    """A template of steps, one after the other."""
    return {"name": name, "steps": [[{"name": f"s{index}", **call}] for index, call in enumerate(calls)]}


def template(name: str, *templates: Document, kind: str = "WorkflowTemplate", **spec: Any) -> Document:
    """A WorkflowTemplate whose first template is its entrypoint."""
    given = templates or (container("main"),)
    return workflow(
        name,
        kind=kind,
        metadata={"uid": f"uid-{name}", "resourceVersion": "1"},
        **{"entrypoint": given[0]["name"], "templates": list(given), **spec},
    )


def policy(name: str, expression: str = "false", **spec: Any) -> Document:
    """A policy on containers, which by default none of them meets."""
    validations = [] if "mutations" in spec else [{"expression": expression, "message": f"{name} is not met"}]
    given: Document = {"target": "Container", **({"validations": validations} if validations else {}), **spec}
    return ours("WorkflowPolicy", name, **{"title": f"{name}.", **given})


def binding(policy_name: str, *actions: str, **spec: Any) -> Document:
    """A binding of that policy, or rule, to everything."""
    given = {"policyName": policy_name, "validationActions": list(actions or ("Deny",)), **spec}
    return ours("WorkflowPolicyBinding", policy_name.replace("/", "-"), **given)


LIMITS = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}

#: Containers get limits, Workflows a service account, and containers without limits are denied.
USUAL = (
    policy("limits", mutations=[{"target": "Container", "default": LIMITS}]),
    policy("account", mutations=[{"target": "Workflow", "default": {"spec": {"serviceAccountName": "runner"}}}]),
    policy("needs-limits", "has(object.resources) && has(object.resources.limits)"),
    binding("limits"),
    binding("account"),
    binding("needs-limits"),
)


def snapshot(
    *documents: Document, policies: Iterable[Document] = (), controller: Document | None = None, **settings: Any
) -> Snapshot:
    """A snapshot with these objects and policies."""
    loaded = PolicySet.load(policies)
    assert not loaded.problems
    catalog = FrozenCatalog.of(documents, controller=controller)
    chosen = Settings(**{"controller_users": frozenset({CONTROLLER.username}), **settings})
    return Snapshot(catalog=catalog, policies=loaded, settings=chosen, controller_seen=True)


def library() -> tuple[Document, ...]:
    """The policies and bindings that come with us."""
    return data.library()


def request(
    operation: str, document: Document | None, old: Document | None = None, user: User = ALICE, **fields: Any
) -> Request:
    """The request of *user* about *document*."""
    subject = document or old or {}
    group, _, version = subject["apiVersion"].rpartition("/")
    kind = KINDS.get(subject["kind"])
    return Request(
        uid=f"uid-{next(_UIDS)}",
        operation=operation,
        kind=GroupVersionKind(group, version, subject["kind"]),
        resource=kind.plural if kind else "",
        namespace=subject["metadata"].get("namespace", ""),
        name=subject["metadata"].get("name", ""),
        user=user,
        raw_object=document,
        raw_old_object=old,
        **fields,
    )


def decided(asked: Request, around: Snapshot, phase: Phase = Phase.VALIDATE) -> Verdict:
    """The verdict, which needs nothing more."""
    verdict = review(asked, around, phase)
    assert isinstance(verdict, Verdict)
    return verdict


def stored(asked: Request, around: Snapshot) -> Document:
    """The object as ``/mutate`` has it stored."""
    made: Document = apply(decided(asked, around, Phase.MUTATE).patch, asked.object)
    return made


def created(document: Document, around: Snapshot, user: User = ALICE) -> Document:
    """*document* as it is stored when *user* creates it."""
    return stored(request("CREATE", document, user=user), around)


def updated(old: Document, new: Document, around: Snapshot, user: User = ALICE) -> Document:
    """*new* as it is stored when *user* puts it in the place of *old*."""
    return stored(request("UPDATE", new, old, user=user), around)


def sources(verdict: Verdict) -> set[str]:
    """Who has found something that denies."""
    return {finding.source for finding in verdict.denials}


def with_status(document: Document, **status: Any) -> Document:
    """*document* once the controller has begun it."""
    return {**document, "status": {"phase": "Running", **status}}


def live(around: Snapshot) -> Snapshot:
    """*around* as a watch has it: a little late."""
    return replace(around, live=True)
