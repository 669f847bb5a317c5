"""The fields of a pod that are neither containers nor volumes, and whose word counts for each (argo-pods 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.argo.languages import LanguageError, durations
from admission.argo.pods.setting import Setting
from admission.argo.pods.templates import Template
from admission.argo.pods.values import is_unknown, mark
from admission.model.document import Document, mapping, sequence, text

#: Of the template, else of the template with the steps around it, else of the Workflow; never a part of each.
_FROM_BOUNDARY = ("nodeSelector", "affinity", "tolerations")
#: Of the template, else of the Workflow, by their names in the pod, there, and in the Workflow.
_FROM_TEMPLATE = (
    ("schedulerName", "schedulerName", "schedulerName"),
    ("priorityClassName", "priorityClassName", "podPriorityClassName"),
    ("securityContext", "securityContext", "securityContext"),
    ("serviceAccountName", "serviceAccountName", "serviceAccountName"),
)
_SINCE_4_1 = (("resources", "podResources", "podResources"), ("resourceClaims", "resourceClaims", "resourceClaims"))
#: Of the Workflow alone.
_FROM_SPEC = ("imagePullSecrets", "hostNetwork", "dnsPolicy", "dnsConfig")

_PAUSES = frozenset({"ARGO_DEBUG_PAUSE_BEFORE", "ARGO_DEBUG_PAUSE_AFTER"})


def pod_fields(document: Document, boundary: Template | None, setting: Setting, *, on_exit: bool) -> Document:
    """The fields of the pod of a template within the steps of *boundary*."""
    return dict(_fields(document, boundary.authored if boundary else {}, setting, on_exit))


def spec_fields(setting: Setting, *names: str) -> Document:
    """Those fields of a pod, as the Workflow alone says them."""
    table = {here: there for here, _, there in (*_FROM_TEMPLATE, *_SINCE_4_1)}
    found = {name: setting.spec.get(table.get(name, name)) for name in names}
    return {name: value for name, value in found.items() if not _is_empty(name, value)}


def _fields(document: Document, boundary: Document, setting: Setting, on_exit: bool) -> Iterator[tuple[str, Any]]:
    spec = setting.spec
    yield "restartPolicy", "Never"
    deadline = _deadline(document, setting, on_exit)
    if deadline is not None:
        yield "activeDeadlineSeconds", deadline
    for name in _FROM_SPEC:
        if not _is_empty(name, spec.get(name)):
            yield name, spec[name]
    for name in _FROM_BOUNDARY:
        if (value := _first(name, document.get(name), boundary.get(name), spec.get(name))) is not None:
            yield name, value
    for name, own, there in (*_FROM_TEMPLATE, *(_SINCE_4_1 if setting.newest else ())):
        if (value := _first(name, document.get(own), spec.get(there))) is not None:
            yield name, value
    if aliases := [*sequence(spec.get("hostAliases")), *sequence(document.get("hostAliases"))]:
        yield "hostAliases", aliases
    if _mounts_token(document, spec) is False:
        yield "automountServiceAccountToken", False


def _mounts_token(document: Document, spec: Document) -> Any:
    own = document.get("automountServiceAccountToken")
    return own if own is not None else spec.get("automountServiceAccountToken")


def _first(name: str, *values: Any) -> Any:
    """The first of *values*, of the field of that name, that says something."""
    return next((value for value in values if not _is_empty(name, value)), None)


def _is_empty(name: str, value: Any) -> bool:
    """Whether the controller takes *value* for none: an empty object that is no map counts."""
    return value is None or value == "" or value == [] or (value == {} and name == "nodeSelector")


def _deadline(document: Document, setting: Setting, on_exit: bool) -> Any:
    """How long the pod may run; what is left of the Workflow's own time, only the run knows."""
    # The timeout comes last, and Argo lets it win whether it is shorter or not.
    if (timeout := _timeout(text(document.get("timeout")))) is not None:
        return timeout
    if _pauses(document):
        return None
    own = _seconds(document.get("activeDeadlineSeconds"))
    whole = None if on_exit else _seconds(setting.spec.get("activeDeadlineSeconds"))
    if isinstance(whole, int) and (own is None or (isinstance(own, int) and whole < own)):
        return mark(f"activeDeadlineSeconds of the Workflow: {whole}")
    return own


def _seconds(value: Any) -> Any:
    """A number of seconds; a mark where only the run knows it."""
    if isinstance(value, str):
        if is_unknown(value) or "{{" in value:
            return value
        return int(value) if value.lstrip("-").isdigit() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _timeout(written: str) -> Any:
    if not written:
        return None
    if is_unknown(written) or "{{" in written:
        return written
    try:
        return durations.parse_argo(written) // durations.SECOND
    except LanguageError:
        return None


def _pauses(document: Document) -> bool:
    """Whether a main container is to be looked into while it pauses: then it has all the time."""
    bodies = [document.get("container"), document.get("script")]
    bodies += sequence(mapping(document.get("containerSet")).get("containers"))
    variables = (each for body in bodies for each in sequence(mapping(body).get("env")))
    return any(mapping(each).get("name") in _PAUSES for each in variables)
