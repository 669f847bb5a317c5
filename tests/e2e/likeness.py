"""A projected pod held against a real one, in groups of fields."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from admission.argo.languages import LanguageError, quantities
from admission.argo.pods import EffectivePod
from admission.model.document import Document, mapping, sequence

#: What stands where only the run decides.
UNKNOWN = object()

_CONTAINER = {
    "images": ("image", "imagePullPolicy"),
    "resources": ("resources",),
    "container security": ("securityContext",),
    "env": ("env", "envFrom"),
    "mounts": ("volumeMounts", "volumeDevices"),
    "ports": ("ports",),
    "probes and others": ("lifecycle", "readinessProbe", "livenessProbe", "startupProbe", "workingDir", "stdin", "tty"),
}
_SPEC = {
    "volumes": ("volumes",),
    "service account": ("serviceAccountName", "automountServiceAccountToken"),
    "pod security": ("securityContext",),
    "host": ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace", "hostAliases"),
    "scheduling": ("nodeSelector", "affinity", "tolerations", "priorityClassName", "topologySpreadConstraints"),
    "times": ("activeDeadlineSeconds", "restartPolicy", "terminationGracePeriodSeconds"),
    "others": ("dnsConfig", "dnsPolicy", "enableServiceLinks", "imagePullSecrets", "runtimeClassName", "schedulerName"),
}

#: What the API server fills in where nothing is said.
_DEFAULTS: dict[str, Any] = {
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "enableServiceLinks": True,
    "serviceAccountName": "default",
    "protocol": "TCP",
    "apiVersion": "v1",
    "defaultMode": 420,
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
    "scheme": "HTTP",
    "type": "",
    "value": "",
}

#: What one run decides, or the controller says to itself.
_OWN = ("workflows.argoproj.io/workflow", "workflows.argoproj.io/node-id", "workflows.argoproj.io/node-name")
_TOKEN, _TOKEN_AT = "kube-api-access", "/var/run/secrets/kubernetes.io/serviceaccount"
_EXECUTOR = "quay.io/argoproj/argoexec:"
_WAITED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def differences(projected: EffectivePod, real: Document) -> tuple[dict[str, list[str]], bool]:
    """Where the two differ, by group of fields, and whether something of the projected one is unknown."""
    ours = copy.deepcopy(projected.pod)
    for path in projected.unknown:
        _mark(ours, list(path))
    if UNKNOWN in (ours.get("spec"), ours.get("metadata")):
        return {}, True
    left, right = dict(_groups(ours)), dict(_groups(real))
    found = {group: list(_different(left.get(group), right.get(group), "")) for group in left.keys() | right.keys()}
    return {group: places for group, places in found.items() if places}, bool(projected.unknown)


def _mark(value: Any, keys: list[Any]) -> None:
    for index, key in enumerate(keys):
        inside = key in value if isinstance(value, dict) else isinstance(value, list) and key < len(value)
        if not inside:
            if isinstance(value, dict):
                value[key] = UNKNOWN
            return
        if index == len(keys) - 1:
            value[key] = UNKNOWN
            return
        value = value[key]


def _groups(pod: Document) -> Iterator[tuple[str, Any]]:
    spec, metadata = mapping(pod.get("spec")), mapping(pod.get("metadata"))
    for kind in ("containers", "initContainers"):
        listed = [mapping(each) for each in sequence(spec.get(kind))]
        yield kind, [each.get("name") for each in listed]
        for group, names in _CONTAINER.items():
            yield f"{kind}: {group}", {str(each.get("name")): _fields(_filled(each), names) for each in listed}
    for group, names in _SPEC.items():
        yield group, _fields(spec, names)
    for name in ("labels", "annotations"):
        yield name, {key: each for key, each in mapping(metadata.get(name)).items() if key not in _OWN}


def _fields(value: Document, names: tuple[str, ...]) -> Document:
    made = {name: _plain(value[name], name) for name in names if not _says_nothing(name, value.get(name))}
    return {name: each for name, each in made.items() if each not in ({}, [])}


def _filled(container: Document) -> Document:
    """*container* with what the API server makes of what it says."""
    image = container.get("image")
    made = dict(container)
    if isinstance(image, str) and _EXECUTOR in image:
        # The controller here says another release of itself than the rules that we have are of.
        image = made["image"] = f"{_EXECUTOR}v4"
    if isinstance(image, str) and not made.get("imagePullPolicy"):
        tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        made["imagePullPolicy"] = "Always" if tag in ("", "latest") and "@" not in image else "IfNotPresent"
    resources = made.get("resources")
    if isinstance(resources, dict) and isinstance(resources.get("limits"), dict):
        made["resources"] = {**resources, "requests": {**resources["limits"], **mapping(resources.get("requests"))}}
    return made


def _plain(value: Any, name: str) -> Any:
    """*value* without what says nothing; lists whose order says nothing by their keys."""
    if isinstance(value, dict):
        made = {key: _plain(each, key) for key, each in value.items() if not _says_nothing(key, each)}
        if name == "" and made.get("hostPort") == made.get("containerPort"):
            # On the host's network each port is one of the host.
            made.pop("hostPort", None)
        return {key: _amount(each) for key, each in made.items()} if name in ("limits", "requests") else made
    if not isinstance(value, list):
        # A deadline is what is left of it when the pod is made.
        return value if name != "activeDeadlineSeconds" or value is UNKNOWN else "set"
    key = {"env": "name", "volumes": "name", "volumeMounts": "mountPath"}.get(name)
    made_list = [_plain(each, "") for each in value if not _is_of_kubernetes(each)]
    if key is None or not all(isinstance(each, dict) and isinstance(each.get(key), str) for each in made_list):
        return made_list
    return {each[key]: each for each in made_list if not (name == "env" and each[key].startswith("ARGO_"))}


def _is_of_kubernetes(value: Any) -> bool:
    """Whether the API server has added it: the token's volume and mounts, and how long a lost node is waited for."""
    each = mapping(value)
    name = str(each.get("name", ""))
    waited = each.get("key") in _WAITED and each.get("tolerationSeconds") == 300
    return waited or name.startswith(_TOKEN) or each.get("mountPath") == _TOKEN_AT


def _says_nothing(name: str, value: Any) -> bool:
    means_much = name == "automountServiceAccountToken" or name.startswith("allow")
    if value is None or (value is False and not means_much):
        return True
    return value == [] or value == {} or (name in _DEFAULTS and value == _DEFAULTS[name])


def _amount(value: Any) -> Any:
    try:
        return str(quantities.parse(value)) if isinstance(value, str | int | float) else value
    except LanguageError:
        return value


def _different(ours: Any, real: Any, place: str) -> Iterator[str]:
    if ours is UNKNOWN:
        return
    if isinstance(ours, dict) and isinstance(real, dict):
        for key in sorted(ours.keys() | real.keys()):
            yield from _different(ours.get(key), real.get(key), f"{place}.{key}")
    elif isinstance(ours, list) and isinstance(real, list) and len(ours) == len(real):
        for index, (one, other) in enumerate(zip(ours, real, strict=True)):
            yield from _different(one, other, f"{place}[{index}]")
    elif ours != real:
        yield f"{place}: {ours!r} is {real!r}"
