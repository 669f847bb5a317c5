"""Policies, bindings and requests, as short as tests want them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ours import ours

from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.review import GroupVersionKind, Request, User
from admission.policy.input import ReviewInput

CONTAINER = {"image": "alpine:3.20"}

#: When requests come.
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def policy(name: str = "wanted", **spec: Any) -> Document:
    """A WorkflowPolicy; without anything else one that says *no* of every Workflow."""
    if not spec.keys() & {"validations", "mutations", "allow", "authorize"}:
        spec["validations"] = [{"expression": "false", "message": "no"}]
    return ours("WorkflowPolicy", name, **spec)


def binding(policy_name: str = "wanted", name: str = "", **spec: Any) -> Document:
    """A binding that denies."""
    given = {"policyName": policy_name, "validationActions": ["Deny"], **spec}
    return ours("WorkflowPolicyBinding", name or policy_name.replace("/", "."), **given)


def exception(*policy_names: str, name: str = "legacy", namespace: str = "exceptions", **spec: Any) -> Document:
    """An exception for the Workflow w in the namespace team, for all of 2026; keywords of *objects* go there."""
    objects = {"kinds": ["Workflow"], "namespaces": ["team"], "names": ["w"]}
    for field in ("kinds", "namespaces", "names", "templates", "containers"):
        if field in spec:
            objects[field] = spec.pop(field)
    whole = {
        "policyNames": list(policy_names or ["wanted"]),
        "objects": objects,
        "owner": "anna@corp.example",
        "reason": "until the image is rebuilt",
        "expires": "2027-01-01T00:00:00Z",
        **spec,
    }
    made = ours("WorkflowPolicyException", name, **whole)
    return {**made, "metadata": {"name": name, "namespace": namespace}}


def says(expression: str, target: str = "Container", name: str = "wanted", **spec: Any) -> list[Document]:
    """A policy of one validation, and a binding of it that denies."""
    return [
        policy(name, target=target, validations=[{"expression": expression, "message": "no"}], **spec),
        binding(name),
    ]


def workflow(*containers: Document, **spec: Any) -> Document:
    """A Workflow with a template for each of *containers*."""
    templates = [{"name": f"t{number}", "container": one} for number, one in enumerate(containers or (CONTAINER,))]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w", "namespace": "team"},
        "spec": {"entrypoint": "t0", "templates": templates, **spec},
    }


def review(
    document: Document | None = None,
    *,
    kind: str = "Workflow",
    operation: str = "CREATE",
    namespace: str = "team",
    user: str = "anna",
    groups: tuple[str, ...] = (),
    old: Document | None = None,
    catalog: FrozenCatalog | None = None,
    now: datetime | None = NOW,
    name: str = "w",
    **given: Any,
) -> ReviewInput:
    """A request about *document*, which is the Workflow that would run, too."""
    document = workflow() if document is None else document
    request = Request(
        uid="1",
        operation=operation,
        kind=GroupVersionKind("argoproj.io", "v1alpha1", kind),
        resource=kind.lower() + "s",
        namespace=namespace,
        name=name,
        user=User(user, groups),
        raw_object=document,
        now=now,
    )
    given = {"workflow": document, **given}
    return ReviewInput(request=request, object=document, old_object=old, catalog=catalog or FrozenCatalog(), **given)
