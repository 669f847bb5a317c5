"""
``authorizer``: what Kubernetes' RBAC says of whoever asks.

``authorizer.group('apps').resource('deployments').namespace('x').name('y').check('create').allowed()``. A check is a
question to the catalog: its answer is there, or it is asked for and the expression evaluated again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from admission.policy.cel.library.function import Function, joined, method, opaque, value_of

#: Answers a check, by what is asked for: group, resource, subresource, namespace, name, verb, and the service account
#: (namespace and name) where it is not about whoever asks. None where nobody can say.
Check = Callable[[dict[str, str]], "bool | None"]

_CHECK: ContextVar[Check | None] = ContextVar("check", default=None)


@contextmanager
def answering(check: Check) -> Iterator[None]:
    """Within this, *check* answers what expressions ask the authorizer."""
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)


def _about(value: Any) -> dict[str, str]:
    found: dict[str, str] = value_of("Authorizer", value)
    return found


def _with(field: str) -> Callable[[Any, str], dict[str, Any]]:
    return lambda value, text: opaque("Authorizer", {**_about(value), field: text})


def _service_account(value: Any, namespace: str, name: str) -> dict[str, Any]:
    return opaque("Authorizer", {**_about(value), "accountNamespace": namespace, "account": name})


def _check(value: Any, verb: str) -> dict[str, Any]:
    check = _CHECK.get()
    said = check({**_about(value), "verb": verb}) if check else None
    if said is None:
        raise ValueError("RBAC could not be asked")
    return opaque("Decision", said)


def _resource(value: Any, resource: str) -> dict[str, Any]:
    if "group" not in _about(value):
        raise ValueError("no such overload: a group comes before a resource")
    return opaque("Authorizer", {**_about(value), "resource": resource})


FUNCTIONS: tuple[Function, ...] = joined(
    (
        method("group", "opaque string", "opaque", _with("group")),
        method("resource", "opaque string", "opaque", _resource),
        method("subresource", "opaque string", "opaque", _with("subresource")),
        method("namespace", "opaque string", "opaque", _with("namespace")),
        method("name", "opaque string", "opaque", _with("name")),
        method("serviceAccount", "opaque string string", "opaque", _service_account),
        method("check", "opaque string", "opaque", _check),
        method("allowed", "opaque", "bool", lambda value: bool(value_of("Decision", value))),
    )
)
