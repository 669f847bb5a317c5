"""Which requests a policy and a binding concern, in the words of the API server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from admission.argo.kinds import KINDS
from admission.argo.labels import INSTANCE
from admission.model.document import Document
from admission.model.settings import Subject
from admission.policy.export.text import Unexportable, checked, literal, renamed
from admission.policy.program import Program
from admission.policy.selector import Selector
from admission.policy.spec import Binding, Policy

#: The kinds that have a workflow spec of their own.
_WITH_SPEC = tuple(name for name, kind in KINDS.items() if kind.spec_path is not None)

_NAMESPACE_NAME = "kubernetes.io/metadata.name"

#: Of a Workflow that exists, the fields by which it is stopped and held; changing them is nobody's business but Argo's.
_STOPPING = ("suspend", "shutdown")


def kinds(policy: Policy) -> list[str]:
    """The kinds that *policy* is about and that have a workflow spec; ``Unexportable`` where there is none."""
    found = [kind for kind in _WITH_SPEC if kind in policy.kinds]
    if not found:
        raise Unexportable(f"the API server would not see a workflow spec in {', '.join(sorted(policy.kinds))}")
    return found


def rules(names: Iterable[str], operations: Iterable[str]) -> Document:
    """``matchConstraints`` for objects of these kinds."""
    resources = [KINDS[name].plural for name in names]
    rule = {"apiGroups": ["argoproj.io"], "apiVersions": ["v1alpha1"], "operations": sorted(operations)}
    return {"resourceRules": [{**rule, "resources": resources}]}


def conditions(program: Program, binding: Binding) -> Iterator[Document]:
    """``matchConditions``: those of the policy, and what of the binding no selector can say."""
    policy, where = program.policy, binding.match_resources
    if "UPDATE" in policy.operations:
        yield _condition("spec-changes", _changes_more_than(_STOPPING))
    names = {"params": literal(binding.params)}
    if policy.operations == {"DELETE"}:
        names["object"] = "oldObject"
    for item in program.conditions:
        text = checked(item.expression.text, ("object", "oldObject", "request", "params", "namespaceObject"))
        yield _condition(_qualified(item.name), renamed(text, names))
    for name, globs, negated in (
        ("namespaces", where.namespaces, False),
        ("exclude-namespaces", where.exclude_namespaces, True),
    ):
        if any(map(_is_glob, globs)):
            test = f"request.namespace.matches({literal(_regex(globs))})"
            yield _condition(name, f"!{test}" if negated else test)
    if where.instance_ids:
        yield _condition("instance-ids", _instance(sorted(where.instance_ids)))
    if binding.subjects:
        yield _condition("subjects", _any_subject(binding.subjects))
    if binding.exclude_subjects:
        yield _condition("exclude-subjects", f"!({_any_subject(binding.exclude_subjects)})")


def resources(binding: Binding) -> Document:
    """``matchResources`` of the binding: what selectors can say."""
    where = binding.match_resources
    selector = _selector(where.namespace_selector)
    for globs, operator in ((where.namespaces, "In"), (where.exclude_namespaces, "NotIn")):
        if globs and not any(map(_is_glob, globs)):
            selector.append({"key": _NAMESPACE_NAME, "operator": operator, "values": list(globs)})
    found: Document = {}
    if selector:
        found["namespaceSelector"] = {"matchExpressions": selector}
    if where.object_selector:
        found["objectSelector"] = {"matchExpressions": _selector(where.object_selector)}
    if where.namespaces or where.namespace_selector:
        # For Kubernetes a selector of namespaces selects whatever has none; for us it does not.
        found["excludeResourceRules"] = rules(["ClusterWorkflowTemplate"], ["*"])["resourceRules"]
    return found


def _condition(name: str, expression: str) -> Document:
    return {"name": name, "expression": expression}


def _qualified(name: str) -> str:
    """*name* as Kubernetes wants the names of conditions: letters, digits and ``-_.`` between them, at most 63."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:63].strip("-_.") or "condition"


def _changes_more_than(fields: Iterable[str]) -> str:
    """True unless an UPDATE leaves the spec as it is, or does no more than stop, hold or go on with a Workflow."""
    stopping = f"object.kind in ['Workflow', 'CronWorkflow'] && key in {literal(list(fields))}"
    zero = "object.kind == 'Workflow' && key == 'activeDeadlineSeconds'"
    changed = (
        f"object.spec.exists(key, !({stopping}) && !({zero} && object.spec[key] == 0) && "
        "(!(key in oldObject.spec) || object.spec[key] != oldObject.spec[key]))"
    )
    removed = (
        f"oldObject.spec.exists(key, !(key in object.spec) && !({stopping}) && !({zero} && oldObject.spec[key] == 0))"
    )
    return f"request.operation != 'UPDATE' || {changed} || {removed}"


def _instance(ids: list[str]) -> str:
    label = literal(INSTANCE)

    def is_one(name: str) -> str:
        labelled = f"has({name}.metadata.labels) && {label} in {name}.metadata.labels"
        return f"({labelled} ? {name}.metadata.labels[{label}] : '') in {literal(ids)}"

    return f"object != null && {is_one('object')} || oldObject != null && {is_one('oldObject')}"


def _any_subject(subjects: Iterable[Subject]) -> str:
    return " || ".join(map(_subject, subjects))


def _subject(subject: Subject) -> str:
    user = "request.userInfo.username"
    if subject.kind == "Group":
        groups = f"request.userInfo.groups.exists(group, group.matches({literal(_regex([subject.name]))}))"
        return f"has(request.userInfo.groups) && {groups}"
    if subject.kind == "ServiceAccount":
        account = "^system:serviceaccount:" + ":".join(map(_part, (subject.namespace, subject.name))) + "$"
        return f"{user}.matches({literal(account)})"
    return f"{user}.matches({literal(_regex([subject.name]))})"


def _selector(selector: Selector | None) -> list[Document]:
    found = []
    for key, operator, values in selector.requirements if selector else ():
        requirement: dict[str, Any] = {"key": key, "operator": operator}
        found.append({**requirement, "values": sorted(values)} if operator in ("In", "NotIn") else requirement)
    return found


def _is_glob(text: str) -> bool:
    return any(character in text for character in "*?[")


def _regex(globs: Iterable[str]) -> str:
    """A regular expression that takes what one of *globs* takes."""
    return "^(" + "|".join(map(_part, globs)) + ")$"


def _part(glob: str) -> str:
    """One glob as RE2. ``Unexportable`` for sets of characters, which are written in another way there."""
    if "[" in glob:
        raise Unexportable(f"the glob {glob!r} has a set of characters")
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in glob)
