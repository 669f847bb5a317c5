"""Questions to Kubernetes' RBAC as values, and what the variable `authorizer` asks."""

from __future__ import annotations

from typing import Any

from admission.model.catalog import Access, AccessQuestion
from admission.model.document import sequence
from admission.model.review import User
from admission.policy.cel.library.access import Check
from admission.policy.cel.library.function import opaque
from admission.policy.input import ReviewInput


def question_of(
    user: User, verb: str, group: str, resource: str, namespace: str, name: str, subresource: str = ""
) -> AccessQuestion:
    """May *user* do that?"""
    extra = tuple(sorted((key, tuple(map(str, sequence(value)))) for key, value in user.extra.items()))
    return AccessQuestion(
        user.username, user.groups, verb, group, resource, namespace, name, user.uid, extra, subresource
    )


def service_account(namespace: str, name: str) -> User:
    """The user that a service account is to the API server."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    return User(f"system:serviceaccount:{namespace}:{name}", groups)


def authorizer(review: ReviewInput) -> dict[str, Any]:
    """The value of the variable `authorizer`, with ``requestResource``: what *review* is about."""
    request = review.request
    about = {
        "group": request.kind.group,
        "resource": request.resource,
        "subresource": request.sub_resource,
        "namespace": request.namespace,
        "name": request.name,
    }
    return {**opaque("Authorizer", {}), "requestResource": opaque("Authorizer", about)}


def checks(review: ReviewInput) -> Check:
    """What answers the checks of expressions: RBAC, about whoever asks."""

    def check(asked: dict[str, str]) -> bool | None:
        user = service_account(asked["accountNamespace"], asked["account"]) if "account" in asked else review.asker
        if user is None or "resource" not in asked:
            return None
        place = (asked.get(field, "") for field in ("verb", "group", "resource", "namespace", "name", "subresource"))
        answer = review.catalog.access(question_of(user, *place))
        return None if answer is None else answer is Access.ALLOWED

    return check
