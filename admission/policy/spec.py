"""Policies and bindings as frozen values, made of documents that the CRDs' schemas have accepted and defaulted."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from admission.model.document import Document, name_of, sequence
from admission.model.finding import Action
from admission.model.path import Path
from admission.model.settings import Subject
from admission.policy.selector import Selector

#: What a binding names in place of a policy for the strictness of a rule.
LINT = "lint/"


class Target(Enum):
    """What ``object`` is."""

    WORKFLOW = "Workflow"
    TEMPLATE = "Template"
    POD = "Pod"
    CONTAINER = "Container"


class FailurePolicy(Enum):
    """What becomes of a request about which a policy cannot decide."""

    FAIL = "Fail"
    IGNORE = "Ignore"


class OnUnknown(Enum):
    """What becomes of a validation, grant or authorization of which something is not known yet."""

    DENY = "Deny"
    WARN = "Warn"
    ALLOW = "Allow"


class NotFound(Enum):
    """What becomes of a request where the ConfigMap of a ``paramRef`` is not there."""

    DENY = "Deny"
    ALLOW = "Allow"


@dataclass(frozen=True, slots=True)
class Named:
    """A named expression: a variable, a match condition or an audit annotation."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What must be true of every target."""

    expression: str
    foreach: str = ""
    message: str = ""
    message_expression: str = ""
    reason: str = ""

    @classmethod
    def from_document(cls, document: Document) -> Validation:
        return cls(
            expression=document["expression"],
            foreach=document.get("foreach", ""),
            message=document.get("message", ""),
            message_expression=document.get("messageExpression", ""),
            reason=document.get("reason", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """
    A fragment that is merged into every target.

    *overrides*: it is a ``set``. Either *fragment* or *expression* says what is merged.
    """

    target: Target
    overrides: bool
    fragment: Document | None = None
    expression: str = ""
    allow_weaker: bool = False

    @classmethod
    def from_document(cls, document: Document) -> Mutation:
        overrides = "set" in document or "setExpression" in document
        verb = "set" if overrides else "default"
        return cls(
            target=Target(document["target"]),
            overrides=overrides,
            fragment=document.get(verb),
            expression=document.get(f"{verb}Expression", ""),
            allow_weaker=document.get("allowWeaker", False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is wanted. *on_unknown*: None is the default, which is not the same for validations and for grants."""

    name: str
    title: str
    kinds: frozenset[str]
    operations: frozenset[str]
    target: Target
    match_conditions: tuple[Named, ...]
    param_schema: Document | None
    variables: tuple[Named, ...]
    validations: tuple[Validation, ...]
    mutations: tuple[Mutation, ...]
    audit_annotations: tuple[Named, ...]
    allow: Document | None
    authorize: frozenset[str]
    signatures: Document | None
    on_unknown: OnUnknown | None
    failure_policy: FailurePolicy

    @classmethod
    def from_document(cls, document: Document) -> Policy:
        spec = document["spec"]
        return cls(
            name=name_of(document),
            title=spec.get("title", ""),
            kinds=frozenset(spec["kinds"]),
            operations=frozenset(spec["operations"]),
            target=Target(spec["target"]),
            match_conditions=tuple(_named(spec, "matchConditions", "name", "expression")),
            param_schema=spec.get("paramSchema"),
            variables=tuple(_named(spec, "variables", "name", "expression")),
            validations=tuple(map(Validation.from_document, spec.get("validations", ()))),
            mutations=tuple(map(Mutation.from_document, spec.get("mutations", ()))),
            audit_annotations=tuple(_named(spec, "auditAnnotations", "key", "valueExpression")),
            allow=spec.get("allow"),
            authorize=frozenset(spec.get("authorize", ())),
            signatures=spec.get("signatures"),
            on_unknown=OnUnknown(spec["onUnknown"]) if "onUnknown" in spec else None,
            failure_policy=FailurePolicy(spec["failurePolicy"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResources:
    """Which objects a binding concerns. None is *no such requirement*."""

    namespaces: tuple[str, ...] = ()
    exclude_namespaces: tuple[str, ...] = ()
    namespace_selector: Selector | None = None
    object_selector: Selector | None = None
    instance_ids: frozenset[str] = frozenset()

    @classmethod
    def from_document(cls, document: Document) -> MatchResources:
        return cls(
            namespaces=tuple(document.get("namespaces", ())),
            exclude_namespaces=tuple(document.get("excludeNamespaces", ())),
            namespace_selector=Selector.from_document(document.get("namespaceSelector", {})),
            object_selector=Selector.from_document(document.get("objectSelector", {})),
            instance_ids=frozenset(document.get("instanceIDs", ())),
        )


@dataclass(frozen=True, slots=True)
class ParamRef:
    """A ConfigMap with params. *namespace*: empty for that of the object."""

    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """
    Where a policy or a rule applies, for whom, how strictly, and with which values.

    *action*: None is *off*. Where there is a *param_ref*, *params* are empty until ``params.py`` has read it. *reach*
    is one and the same object for all bindings that concern the same.
    """

    name: str
    policy_name: str
    match_resources: MatchResources
    subjects: tuple[Subject, ...]
    exclude_subjects: tuple[Subject, ...]
    action: Action | None
    params: Document
    param_ref: ParamRef | None = None
    parameter_not_found: NotFound = NotFound.DENY
    reach: object = field(default=None, compare=False, repr=False)

    @classmethod
    def from_document(cls, document: Document) -> Binding:
        spec = document["spec"]
        actions = spec["validationActions"]
        where = MatchResources.from_document(spec.get("matchResources", {}))
        subjects, excluded = tuple(_subjects(spec, "subjects")), tuple(_subjects(spec, "excludeSubjects"))
        return cls(
            name=name_of(document),
            policy_name=spec["policyName"],
            match_resources=where,
            subjects=subjects,
            exclude_subjects=excluded,
            reach=the_same((where, subjects, excluded)),
            action=Action.strictest(map(Action, actions)) if actions else None,
            params=spec.get("params", {}),
            param_ref=_param_ref(spec.get("paramRef")),
            parameter_not_found=NotFound(spec["parameterNotFoundAction"]),
        )

    @property
    def rule_id(self) -> str:
        """The rule whose strictness this is; empty for a binding of a policy."""
        return self.policy_name.removeprefix(LINT) if self.policy_name.startswith(LINT) else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something of our own kinds cannot be used. *path* is the place in it."""

    kind: str
    name: str
    path: Path
    message: str


@lru_cache(maxsize=4096)
def the_same(value: Hashable) -> Hashable:
    """One object for all values that are equal to it, so that what is known of one is known of all."""
    return value


def _param_ref(document: Document | None) -> ParamRef | None:
    return None if document is None else ParamRef(document["name"], document.get("namespace", ""))


def _named(spec: Document, field: str, name: str, expression: str) -> list[Named]:
    return [Named(item[name], item[expression]) for item in sequence(spec.get(field))]


def _subjects(spec: Document, field: str) -> list[Subject]:
    return [Subject(item["kind"], item["name"], item.get("namespace", "*")) for item in sequence(spec.get(field))]
