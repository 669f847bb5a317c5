"""
The webhook configurations: which calls reach us, as documents.

What interfaces.md 4.1 lets pass without a look is kept away by ``matchConditions``, so that the controller and whoever
stops a Workflow do not depend on us. The engine has the same table; here it is CEL, once for every entry.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from admission.model.document import Document

API_VERSION = "admissionregistration.k8s.io/v1"
MUTATING, VALIDATING = "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"

#: The label that exempts a namespace, if the configuration names that namespace as well.
EXEMPT = "argo-admission.io/exempt"

#: The label in which Kubernetes itself keeps the name of every namespace.
_NAME_LABEL = "kubernetes.io/metadata.name"

#: The entry by which a user of the controller is seen for the first time.
FIRST_SIGHT = "controller"

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
class Entry:
    """What operators may say of one entry: what a failure of ours means, how long is waited, what is asked about."""

    failure_policy: str = "Ignore"
    seconds: int = 5
    namespace_selector: Document = field(default_factory=dict)
    object_selector: Document = field(default_factory=dict)
    #: Beside those of interfaces.md 4.1, which are always there.
    match_conditions: Sequence[Document] = ()


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """
    What the two configurations say beside what is fixed.

    *exempt_namespaces* are those that the label ``EXEMPT`` frees of everything; in any other the label means nothing.
    """

    caller: Caller
    name: str = "argo-admission"
    labels: Document = field(default_factory=dict)
    annotations: Document = field(default_factory=dict)
    #: User names whose UPDATEs are the controller's: exact, never argo-server's.
    controller_users: Sequence[str] = ()
    #: Whether one of them has been seen, so that none need come by to be.
    controller_seen: bool = False
    exempt_namespaces: Sequence[str] = ()
    mutate: Entry = Entry(seconds=3)
    validate: Entry = Entry(failure_policy="Fail")
    # Deletion must not depend on us, and policies are checked again when they are loaded: these two may be missed.
    delete: Entry = Entry()
    policies: Entry = Entry()

    def mutating(self) -> Document:
        """The MutatingWebhookConfiguration."""
        workflows = _rule("argoproj.io", ("CREATE", "UPDATE"), "workflows", "cronworkflows", "workfloweventbindings")
        made = self._webhooks("mutate", "/mutate", self.mutate, workflows, self._updates())
        return self._configuration(MUTATING, [{**each, "reinvocationPolicy": "IfNeeded"} for each in made])

    def validating(self) -> Document:
        """The ValidatingWebhookConfiguration."""
        changes = _rule("argoproj.io", ("CREATE", "UPDATE"), *_JUDGED)
        deletes = _rule("argoproj.io", ("DELETE",), "workflowtemplates", "clusterworkflowtemplates")
        ours = _rule("argo-admission.io", ("CREATE", "UPDATE"), *_OURS)
        webhooks = [
            *self._webhooks("validate", "/validate", self.validate, changes, self._updates()),
            *self._webhooks("delete", "/validate", self.delete, deletes, [_BY_USERS]),
            # Our own kinds are of the platform: no namespace is exempt from what they must be.
            _webhook("policies", self.caller.config("/validate"), self.policies, ours, [_OWN_SPEC]),
            *self._first_sight(),
        ]
        return self._configuration(VALIDATING, webhooks)

    def _first_sight(self) -> Iterator[Document]:
        """
        What shows us that the controller's users are named rightly: its first write of a Workflow, until we have seen.

        Without it what users write into status would be warned of for ever (interfaces.md 5). A timeout or a failure of
        it costs nothing, and once one has come by no UPDATE of the controller's does.
        """
        if self.controller_users and not self.controller_seen:
            rule = _rule("argoproj.io", ("UPDATE",), "workflows")
            expression = f"request.userInfo.username in {_cel(self.controller_users)} && {_FIRST_PHASE}"
            condition = {"name": "first-write-of-the-controller", "expression": expression}
            yield _webhook(FIRST_SIGHT, self.caller.config("/validate"), Entry(seconds=1), rule, [condition])

    def _configuration(self, kind: str, webhooks: list[Document]) -> Document:
        notes = {"labels": dict(self.labels), "annotations": dict(self.annotations)}
        metadata = {"name": self.name, **{key: value for key, value in notes.items() if value}}
        return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "webhooks": webhooks}

    def _webhooks(
        self, name: str, path: str, entry: Entry, rule: Document, conditions: list[Document]
    ) -> Iterator[Document]:
        """
        The entry, or the two of it where namespaces may be exempt.

        A selector cannot say "not both"; so one entry asks about namespaces without the label, and one about those with
        it that are not named. No namespace is in both, and objects without a namespace are in the first alone.
        """
        config = self.caller.config(path)
        if not self.exempt_namespaces:
            yield _webhook(name, config, entry, rule, conditions)
            return
        unlabelled = _selecting(entry, {"key": EXEMPT, "operator": "DoesNotExist"})
        unnamed = {"key": _NAME_LABEL, "operator": "NotIn", "values": sorted(self.exempt_namespaces)}
        labelled = _selecting(entry, {"key": EXEMPT, "operator": "Exists"}, unnamed)
        yield _webhook(name, config, unlabelled, rule, conditions)
        yield _webhook(f"{name}-labelled", config, labelled, {**rule, "scope": "Namespaced"}, conditions)

    def _updates(self) -> list[Document]:
        """Which UPDATEs reach us; other operations always do."""
        conditions = [_CHANGED, _NOT_GOING]
        if self.controller_users:
            expression = f"!(request.userInfo.username in {_cel(self.controller_users)})"
            conditions.insert(0, _of_updates("not-by-the-controller", expression))
        return conditions


def full_name(entry: str) -> str:
    """What *entry* is called in the API server."""
    return f"{entry}.argo-admission.io"


def _webhook(name: str, config: Document, entry: Entry, rule: Document, conditions: Sequence[Document]) -> Document:
    return {
        "name": full_name(name),
        "clientConfig": config,
        "admissionReviewVersions": ["v1"],
        "rules": [rule],
        "failurePolicy": entry.failure_policy,
        "timeoutSeconds": entry.seconds,
        "matchPolicy": "Equivalent",
        "sideEffects": "NoneOnDryRun",
        "namespaceSelector": entry.namespace_selector,
        "objectSelector": entry.object_selector,
        "matchConditions": [*conditions, *entry.match_conditions],
    }


def _selecting(entry: Entry, *requirements: Document) -> Entry:
    """*entry* for namespaces that meet *requirements*, too."""
    selector = entry.namespace_selector
    expressions = [*selector.get("matchExpressions", ()), *requirements]
    return replace(entry, namespace_selector={**selector, "matchExpressions": expressions})


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

_FIRST_PHASE = (
    "has(object.status) && has(object.status.phase) && !(has(oldObject.status) && has(oldObject.status.phase))"
)

_OWN_SPEC = _of_updates("spec-changes", _differs("spec"))
