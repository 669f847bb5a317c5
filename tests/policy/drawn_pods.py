"""Pods that Workflows become, drawn so that most break one demand of the Pod Security Standards, or none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.policy import effective
from admission.policy.input import ReviewInput

from .making import review
from .pod_security import GONE, HARD, HTTP

#: What one container may have, or lack, in its securityContext.
CONTEXTS: tuple[Document, ...] = (
    {"privileged": False},
    {"privileged": True, "allowPrivilegeEscalation": True},
    {"allowPrivilegeEscalation": True},
    {"allowPrivilegeEscalation": GONE},
    {"runAsNonRoot": False},
    {"runAsNonRoot": GONE},
    {"runAsUser": 0},
    {"runAsUser": 1000},
    {"capabilities": GONE},
    {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}},
    {"capabilities": {"drop": ["all"]}},
    {"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}},
    {"capabilities": {"drop": ["ALL"], "add": ["NET_RAW"]}},
    {"seccompProfile": GONE},
    {"seccompProfile": {"type": "Unconfined"}},
    {"seccompProfile": {"type": "Localhost", "localhostProfile": "a"}},
    {"appArmorProfile": {"type": "Unconfined"}},
    {"appArmorProfile": {"type": "Localhost", "localhostProfile": "a"}},
    {"seLinuxOptions": {"type": "container_kvm_t"}},
    {"seLinuxOptions": {"type": "unconfined_t"}},
    {"seLinuxOptions": {"role": "sysadm_r"}},
    {"procMount": "Unmasked"},
    {"procMount": "Default"},
    {"windowsOptions": {"hostProcess": False}},
    {"readOnlyRootFilesystem": True},
)

#: What else a container may have.
FIELDS: tuple[Document, ...] = (
    {"ports": [{"containerPort": 80, "hostPort": 80}]},
    {"ports": [{"containerPort": 80, "hostPort": 0}, {"containerPort": 81}]},
    {"livenessProbe": {"httpGet": HTTP}},
    {"readinessProbe": {"tcpSocket": HTTP}},
    {"startupProbe": {"httpGet": {"port": 80, "host": ""}}},
    {"livenessProbe": {"grpc": {"port": 80}}},
    {"lifecycle": {"postStart": {"httpGet": HTTP}}},
    {"lifecycle": {"preStop": {"tcpSocket": HTTP}}},
    {"lifecycle": {"preStop": {"sleep": {"seconds": 1}}}},
)

#: What the pod may have, by its template.
POD_CONTEXTS: tuple[Document, ...] = (
    {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    {"runAsNonRoot": False},
    {"runAsUser": 0},
    {"seccompProfile": {"type": "Unconfined"}},
    {"seLinuxOptions": {"user": "system_u"}},
    {"seLinuxOptions": {"level": "s0:c1"}},
    {"appArmorProfile": {"type": "Unconfined"}},
    {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]},
    {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]},
    {"sysctls": [{"name": "net.ipv4.ip_forward", "value": "1"}]},
    {"fsGroup": 0, "supplementalGroups": [0]},
)

VOLUMES: tuple[Document, ...] = (
    {"hostPath": {"path": "/"}},
    {"nfs": {"server": "s", "path": "/"}},
    {"emptyDir": {"medium": "Memory"}},
    {"image": {"reference": "a"}},
    {"csi": {"driver": "d"}},
    {"projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}},
    {"gitRepo": {"repository": "r"}},
    {"downwardAPI": {"items": []}},
)

PATCHES: tuple[Document, ...] = (
    {"hostPID": True},
    {"hostIPC": True},
    {"hostNetwork": True},
    {"hostUsers": False},
    {"hostUsers": True},
    {"os": {"name": "linux"}},
    {"os": {"name": "windows"}},
    {"containers": [{"name": "wait", "securityContext": {"privileged": True, "allowPrivilegeEscalation": True}}]},
    {"containers": [{"name": "main", "securityContext": {"runAsUser": 0}}]},
    {"containers": [{"name": "added", "image": "a"}]},
    {"initContainers": [{"name": "side", "image": "a", "restartPolicy": "Always", "securityContext": HARD}]},
    {"initContainers": [{"name": "init", "securityContext": None}]},
    {"securityContext": {"runAsNonRoot": None}},
    {"volumes": [{"name": "node", "HostPath": {"path": "/"}}]},
    {"terminationGracePeriodSeconds": 1},
)

ANNOTATIONS = ("unconfined", "runtime/default", "localhost/a")


def pods(count: int, seed: int) -> Iterator[Document]:
    """The pods of so many Workflows, without what ties them to these."""
    random = Random(seed)
    for _ in range(count):
        for found in effective.pods(_drawn(random)):
            annotations = {**found.object["metadata"].get("annotations", {})}
            yield {**found.object, "metadata": {"name": "p", "annotations": annotations}}


def _drawn(random: Random) -> ReviewInput:
    """A Workflow, and a controller that hardens its own containers or does not."""
    spec: Document = {"entrypoint": "t0", "templates": [_template(random, number) for number in range(3)]}
    if random.random() < 0.1:
        spec["hostNetwork"] = True
    if random.random() < 0.5:
        spec["securityContext"] = random.choice(POD_CONTEXTS)
    if random.random() < 0.2:
        spec["artifactGC"] = {"strategy": "OnWorkflowDeletion", "podSpecPatch": _patch(random)}
    executor = {"securityContext": HARD} if random.random() < 0.8 else {}
    catalog = FrozenCatalog.of([], controller={"executor": executor})
    document = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": spec}
    return review(document, catalog=catalog)


def _template(random: Random, number: int) -> Document:
    template: Document = {"name": f"t{number}", **_body(random)}
    if random.random() < 0.3:
        template["securityContext"] = random.choice(POD_CONTEXTS)
    if random.random() < 0.2:
        template["volumes"] = [{"name": "v", **random.choice(VOLUMES)}]
    if random.random() < 0.2:
        template["podSpecPatch"] = _patch(random)
    if random.random() < 0.1:
        key = "container.apparmor.security.beta.kubernetes.io/main"
        template["metadata"] = {"annotations": {key: random.choice(ANNOTATIONS)}}
    return template


def _body(random: Random) -> Document:
    """What a template does."""
    kind = random.choice(("container", "container", "script", "containerSet", "resource", "data", "http"))
    match kind:
        case "script":
            return {"script": {**_container(random), "source": "a"}}
        case "containerSet":
            return {"containerSet": {"containers": [{**_container(random), "name": "main"}]}}
        case "resource":
            return {"resource": {"action": "get", "manifest": "{apiVersion: v1, kind: Pod, metadata: {name: a}}"}}
        case "data":
            source = {"artifactPaths": {"name": "d", "s3": {"key": "a", "bucket": "b", "endpoint": "e"}}}
            return {"data": {"source": source, "transformation": [{"expression": "data"}]}}
        case "http":
            return {"http": {"url": "https://example.com"}}
    beside: Document = {"container": _container(random)}
    if random.random() < 0.3:
        beside["sidecars"] = [{**_container(random), "name": "beside"}]
    if random.random() < 0.3:
        beside["initContainers"] = [{**_container(random), "name": "first"}]
    if random.random() < 0.2:
        beside["outputs"] = {"artifacts": [{"name": "o", "path": "/o", "s3": {"key": "k", "bucket": "b"}}]}
    return beside


def _container(random: Random) -> Document:
    """A hardened container, but for one thing or nothing."""
    found: dict[str, Any] = {"image": "alpine:3.20", "command": ["a"], "securityContext": HARD}
    chance = random.random()
    if chance < 0.4:
        changed = {**HARD, **random.choice(CONTEXTS)}
        found["securityContext"] = {key: value for key, value in changed.items() if value is not GONE}
    elif chance < 0.5:
        found |= random.choice(FIELDS)
    elif chance < 0.55:
        del found["securityContext"]
    return found


def _patch(random: Random) -> str:
    return json.dumps(random.choice(PATCHES))
