"""As much of the API server as evaluates admission policies, on our own engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from admission.argo.kinds import KINDS
from admission.errors import EvaluationError
from admission.model.document import Document
from admission.model.patch import Operation, apply
from admission.model.path import Path
from admission.policy.cel import engine

_ENGINE = engine("cel-expr-python")
_PROGRAMS: dict[str, Any] = {}


class Failed(Exception):
    """An expression has no value."""


@dataclass(frozen=True)
class Answer:
    """What policies say of a request: messages by action, and what the object becomes."""

    messages: dict[str, list[str]]
    object: Document


@dataclass
class ApiServer:
    """Policies and bindings, and the labels of namespaces."""

    objects: list[Document]
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)

    def create(self, document: Document, namespace: str = "default") -> Answer:
        """What becomes of the creation of *document*."""
        return self.review({"operation": "CREATE"}, document, None, namespace)

    def review(self, request: Document, document: Document | None, old: Document | None, namespace: str) -> Answer:
        given = {"namespace": namespace, "userInfo": {"username": "anna", "groups": ["team"]}, **request}
        labels = {"kubernetes.io/metadata.name": namespace, **self.namespaces.get(namespace, {})}
        values = {"object": document, "oldObject": old, "request": given}
        values["namespaceObject"] = {"metadata": {"name": namespace, "labels": labels}}
        for policy, binding in self._pairs("Mutating"):
            if _concerns(policy, binding, values):
                for mutation in policy["spec"]["mutations"]:
                    values["object"] = _patched(mutation["jsonPatch"]["expression"], policy["spec"], values)
        messages: dict[str, list[str]] = {}
        for policy, binding in self._pairs("Validating"):
            if _concerns(policy, binding, values):
                found = list(_violations(policy["spec"], values))
                for action in binding["spec"]["validationActions"] if found else ():
                    messages.setdefault(action, []).extend(found)
        return Answer(messages, values["object"] or {})

    def _pairs(self, verb: str) -> Iterator[tuple[Document, Document]]:
        kind = f"{verb}AdmissionPolicy"
        policies = {one["metadata"]["name"]: one for one in self.objects if one["kind"] == kind}
        for binding in self.objects:
            if binding["kind"] == f"{kind}Binding":
                yield policies[binding["spec"]["policyName"]], binding


def _concerns(policy: Document, binding: Document, values: Document) -> bool:
    spec, where = policy["spec"], binding["spec"].get("matchResources", {})
    document = values["object"] or values["oldObject"]
    (rule,) = spec["matchConstraints"]["resourceRules"]
    kind = KINDS[document["kind"]]
    excluded = [resource for one in where.get("excludeResourceRules", ()) for resource in one["resources"]]
    if kind.plural not in rule["resources"] or kind.plural in excluded:
        return False
    if values["request"]["operation"] not in rule["operations"]:
        return False
    if kind.namespaced and not _selects(where.get("namespaceSelector"), values["namespaceObject"]):
        return False
    objects = [one for one in (values["object"], values["oldObject"]) if one]
    if not any(_selects(where.get("objectSelector"), one) for one in objects):
        return False
    return all(evaluate(one["expression"], values) is True for one in spec.get("matchConditions", ()))


def _selects(selector: Document | None, document: Document) -> bool:
    labels = document["metadata"].get("labels", {})
    for one in (selector or {}).get("matchExpressions", ()):
        value, operator = labels.get(one["key"]), one["operator"]
        holds = {
            "In": lambda value=value, one=one: value in one["values"],
            "NotIn": lambda value=value, one=one: value not in one["values"],
            "Exists": lambda value=value: value is not None,
            "DoesNotExist": lambda value=value: value is None,
        }[operator]
        if not holds():
            return False
    return True


def _violations(spec: Document, values: Document) -> Iterator[str]:
    values = _with_variables(spec, values)
    for validation in spec["validations"]:
        try:
            if evaluate(validation["expression"], values) is True:
                continue
        except Failed as error:
            if spec["failurePolicy"] == "Fail":
                yield f"expression failed: {error}"
            continue
        yield _message(validation, values)


def _message(validation: Document, values: Document) -> str:
    try:
        made = evaluate(validation["messageExpression"], values) if "messageExpression" in validation else ""
    except Failed:
        made = ""
    usable = isinstance(made, str) and made.strip() and "\n" not in made and len(made) <= 5 * 1024
    return made if usable else validation["message"]


def _with_variables(spec: Document, values: Document) -> Document:
    known: Document = {}
    for variable in spec.get("variables", ()):
        try:
            known[variable["name"]] = evaluate(variable["expression"], {**values, "variables": dict(known)})
        except Failed:
            continue
    return {**values, "variables": known}


def _patched(expression: str, spec: Document, values: Document) -> Document:
    # The type JSONPatch is Kubernetes' own; a map does as well.
    text = re.sub(r"JSONPatch\{op: '(\w+)', path: ", r"{'op': dyn('\1'), 'path': ", expression)
    text = text.replace(", value: ", ", 'value': ")
    patches = evaluate(text, _with_variables(spec, values))
    operations = tuple(Operation(one["op"], _path(one["path"]), one.get("value")) for one in patches)
    changed: Document = apply(operations, values["object"])
    return changed


def _path(pointer: str) -> Path:
    steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    return Path(tuple(int(step) if step.isdecimal() else step for step in steps))


def evaluate(text: str, values: Document) -> Any:
    """The value of an expression; ``Failed`` where it has none."""
    if text not in _PROGRAMS:
        _PROGRAMS[text] = _ENGINE.compile(text)
    try:
        return _PROGRAMS[text].evaluate(_ENGINE.activation(values))
    except EvaluationError as error:
        raise Failed(str(error)) from None
