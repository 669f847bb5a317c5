"""What makes a pod weaker: the fields by which Kubernetes' Pod Security levels differ, and images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from admission.model.path import Path


def _is(*values: Any) -> Callable[[Any], bool]:
    return lambda value: any(value is weak if isinstance(weak, bool) else value == weak for weak in values)


def _any_value(value: Any) -> bool:
    return True


def _some(value: Any) -> bool:
    return bool(value)


def _not_all(value: Any) -> bool:
    return not isinstance(value, list) or "ALL" not in value


_SECURITY = "may lower the Pod Security level"
IMAGE = "changes an image"

#: By field name, wherever it stands: which values are weaker than having none, and what that means
#: (pod-security-standards, baseline and restricted). ``null`` removes a field, so what hardens must not be null.
_WEAKER: dict[str, tuple[Callable[[Any], bool], str]] = {
    "image": (_any_value, IMAGE),
    "podSpecPatch": (_any_value, "may change anything of a pod"),
    "privileged": (_is(True), _SECURITY),
    "allowPrivilegeEscalation": (_is(True, None), _SECURITY),
    "hostNetwork": (_is(True), _SECURITY),
    "hostPID": (_is(True), _SECURITY),
    "hostIPC": (_is(True), _SECURITY),
    "hostProcess": (_is(True), _SECURITY),
    "hostUsers": (_is(True, None), _SECURITY),
    "hostPath": (_some, _SECURITY),
    "hostPort": (_some, _SECURITY),
    "runAsNonRoot": (_is(False, None), _SECURITY),
    "runAsUser": (_is(0, None), _SECURITY),
    "readOnlyRootFilesystem": (_is(False, None), _SECURITY),
    "procMount": (_is("Unmasked"), _SECURITY),
    "sysctls": (_some, _SECURITY),
    "seLinuxOptions": (_some, _SECURITY),
    "securityContext": (_is(None), _SECURITY),
    "capabilities": (_is(None), _SECURITY),
    "seccompProfile": (_is(None, {"type": "Unconfined"}), _SECURITY),
    "appArmorProfile": (_is(None, {"type": "Unconfined"}), _SECURITY),
    "drop": (_not_all, _SECURITY),
    "add": (_some, _SECURITY),
}

#: A place below a fragment, and what it does.
Weakening: TypeAlias = tuple[Path, str]


_HERE = Path()


def weakens(fragment: Any, before: Any = None, path: Path = _HERE) -> Iterator[Weakening]:
    """What *fragment*, merged over *before*, makes weaker; places that it leaves as they are do not count."""
    if isinstance(fragment, list):
        for index, item in enumerate(fragment):
            yield from weakens(item, None, path / index)
    elif isinstance(fragment, dict):
        old = before if isinstance(before, dict) else {}
        for key, value in fragment.items():
            weak = _WEAKER.get(key)
            if weak and weak[0](value) and not (key in old and old[key] == value):
                yield path / key, weak[1]
            else:
                yield from weakens(value, old.get(key), path / key)


def could_weaken(fragment: Any) -> bool:
    """Whether a fragment of which not every value is known has a field by which a pod becomes weaker."""
    if isinstance(fragment, list):
        return any(map(could_weaken, fragment))
    if not isinstance(fragment, dict):
        return False
    return any(key in _WEAKER or could_weaken(value) for key, value in fragment.items())
