"""
The webhook configurations: which calls reach us, as documents.

What interfaces.md 4.1 lets pass without a look is kept away by ``matchConditions``, so that the controller and whoever
stops a Workflow do not depend on us. The engine has the same table; here it is CEL, once for every entry.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from admission.model.document import Document

API_VERSION = "admissionregistration.k8s.io/v1"

#: Parts of a status that decide what runs (``argo/update.py`` has the same).
_STATUS = (
    "storedTemplates",
    "storedWorkflowTemplateSpec",
    "artifactRepositoryRef",
    "persistentVolumeClaims",
    "synchronization",
    "phase",
    "nodes",
    "outputs",
)

#: Labels that Argo's own commands write beside what they do; they decide nothing.
_ACTOR_LABELS = ("actor", "actor-email", "actor-preferred-username", "action")

#: Kubernetes' own deleters: what they remove goes with its namespace or owner.
_DELETERS = (
    "system:serviceaccount:kube-system:namespace-controller",
    "system:serviceaccount:kube-system:generic-garbage-collector",
)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """How the API server reaches us: a *url* (without path), or the service *name* in *namespace*."""

    ca_bundle: bytes
    url: str = ""
    namespace: str = ""
    name: str = ""
    port: int = 443

    def config(self, path: str) -> Document:
        """The ``clientConfig`` of the webhook at *path*."""
        bundle = {"caBundle": base64.b64encode(self.ca_bundle).decode()}
        if self.url:
            return {"url": f"{self.url.rstrip('/')}{path}", **bundle}
        service = {"namespace": self.namespace, "name": self.name, "port": self.port, "path": path}
        return {"service": service, **bundle}


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """What the two configurations say beside what is fixed."""

    caller: Caller
    name: str = "argo-admission"
    labels: Document = field(default_factory=dict)
    #: User names whose UPDATEs are the controller's: exact, never argo-server's.
    controller_users: Sequence[str] = ()
    mutating_failure_policy: str = "Ignore"
    mutating_seconds: int = 3
    validating_failure_policy: str = "Fail"
    validating_seconds: int = 5
    namespace_selector: Document = field(default_factory=dict)
    object_selector: Document = field(default_factory=dict)

    def mutating(self) -> Document:
        """The MutatingWebhookConfiguration."""
        workflows = _rule("argoproj.io", ("CREATE", "UPDATE"), "workflows", "cronworkflows", "workfloweventbindings")
        webhook = self._webhook("mutate", "/mutate", self.mutating_failure_policy, self.mutating_seconds, workflows)
        webhook |= {"reinvocationPolicy": "IfNeeded", "matchConditions": self._updates()}
        return self._configuration("MutatingWebhookConfiguration", webhook)

    def validating(self) -> Document:
        """The ValidatingWebhookConfiguration."""
        policy, seconds = self.validating_failure_policy, self.validating_seconds
        changes = _rule("argoproj.io", ("CREATE", "UPDATE"), *_JUDGED)
        deletes = _rule("argoproj.io", ("DELETE",), "workflowtemplates", "clusterworkflowtemplates")
        ours = _rule("argo-admission.io", ("CREATE", "UPDATE"), *_OURS)
        # Deletion must not depend on us, and policies are checked again when they are loaded: these two may be missed.
        return self._configuration(
            "ValidatingWebhookConfiguration",
            self._webhook("validate", "/validate", policy, seconds, changes) | {"matchConditions": self._updates()},
            self._webhook("delete", "/validate", "Ignore", seconds, deletes) | {"matchConditions": [_BY_USERS]},
            self._webhook("policies", "/validate", "Ignore", seconds, ours, selected=False)
            | {"matchConditions": [_OWN_SPEC]},
        )

    def _configuration(self, kind: str, *webhooks: Document) -> Document:
        metadata = {"name": self.name, **({"labels": dict(self.labels)} if self.labels else {})}
        return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "webhooks": list(webhooks)}

    def _webhook(
        self, name: str, path: str, failure_policy: str, seconds: int, rule: Document, *, selected: bool = True
    ) -> Document:
        return {
            "name": f"{name}.argo-admission.io",
            "clientConfig": self.caller.config(path),
            "admissionReviewVersions": ["v1"],
            "rules": [rule],
            "failurePolicy": failure_policy,
            "timeoutSeconds": seconds,
            "matchPolicy": "Equivalent",
            "sideEffects": "NoneOnDryRun",
            "namespaceSelector": self.namespace_selector if selected else {},
            "objectSelector": self.object_selector if selected else {},
        }

    def _updates(self) -> list[Document]:
        """Which UPDATEs reach us; other operations always do."""
        conditions = [_CHANGED, _NOT_GOING]
        if self.controller_users:
            expression = f"!(request.userInfo.username in {_cel(self.controller_users)})"
            conditions.insert(0, _of_updates("not-by-the-controller", expression))
        return conditions


_JUDGED = ("workflows", "workflowtemplates", "clusterworkflowtemplates", "cronworkflows", "workfloweventbindings")
_OURS = ("workflowpolicies", "workflowpolicybindings", "workflowpolicyexceptions")


def _rule(group: str, operations: Sequence[str], *resources: str) -> Document:
    return {
        "apiGroups": [group],
        "apiVersions": ["v1alpha1"],
        "operations": list(operations),
        "resources": list(resources),
        "scope": "*",
    }


def _cel(texts: Sequence[str]) -> str:
    """A CEL list of string literals."""
    quoted = (text.replace("\\", "\\\\").replace("'", "\\'") for text in texts)
    return "[" + ", ".join(f"'{text}'" for text in quoted) + "]"


def _of_updates(name: str, expression: str) -> Document:
    return {"name": name, "expression": f"request.operation != 'UPDATE' || {expression}"}


def _differs(path: str) -> str:
    """Whether the field at *path* is another one, or there on one side only."""
    new, old = f"object.{path}", f"oldObject.{path}"
    return f"(has({new}) ? !has({old}) || {new} != {old} : has({old}))"


def _entry_differs(path: str, entry: str) -> str:
    """Whether the map at *path* has another entry *k* of those for which *entry* is true."""
    new, old = f"object.{path}", f"oldObject.{path}"
    changed = f"has({new}) && {new}.exists(k, {entry} && !(has({old}) && k in {old} && {old}[k] == {new}[k]))"
    gone = f"has({old}) && {old}.exists(k, {entry} && !(has({new}) && k in {new}))"
    return f"({_differs(path)} && ({changed} || {gone}))"


_SYSTEM = "(k.startsWith('workflows.argoproj.io/') || k.startsWith('argo-admission.io/'))"

_ACTORS = _cel([f"workflows.argoproj.io/{name}" for name in _ACTOR_LABELS])

#: The fields of a spec, by kind, with which a Workflow is suspended, stopped, terminated and resumed. A deadline is one
#: of them only where a 0 comes or goes.
_RUN_CONTROL = (
    "(request.kind.kind == 'Workflow' ? ['suspend', 'shutdown', 'activeDeadlineSeconds'] : "
    "request.kind.kind == 'CronWorkflow' ? ['suspend'] : [])"
)
_DEADLINE = "spec.activeDeadlineSeconds"
_ANOTHER_DEADLINE = (
    f"(request.kind.kind == 'Workflow' && {_differs(_DEADLINE)} && "
    f"(has(object.{_DEADLINE}) ? object.{_DEADLINE} != 0 : oldObject.{_DEADLINE} != 0))"
)

#: The condition of interfaces.md 4.1: something changes that a verdict hangs on.
_CHANGED = _of_updates(
    "something-changes",
    " || ".join(
        (
            _entry_differs("spec", f"!(k in {_RUN_CONTROL})"),
            f"(has(object.spec) && has(oldObject.spec) && {_ANOTHER_DEADLINE})",
            _entry_differs("status", f"k in {_cel(_STATUS)}"),
            _entry_differs("metadata.labels", f"{_SYSTEM} && !(k in {_ACTORS})"),
            _entry_differs("metadata.annotations", _SYSTEM),
            _differs("metadata.ownerReferences"),
            _differs("metadata.finalizers"),
        )
    ),
)

#: What is being deleted must be able to go: its finalizers are removed by UPDATEs.
_NOT_GOING = _of_updates(
    "not-going", f"!has(object.metadata.deletionTimestamp) || {_differs('spec')} || {_differs('status')}"
)

_BY_USERS = {"name": "not-by-kubernetes", "expression": f"!(request.userInfo.username in {_cel(_DELETERS)})"}

_OWN_SPEC = _of_updates("spec-changes", _differs("spec"))
