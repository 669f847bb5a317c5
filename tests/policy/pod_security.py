"""Pods by the strictest Pod Security level that lets them through (Kubernetes 1.36)."""

from __future__ import annotations

from typing import Any

from admission.model.document import Document

#: What the standard restricted asks of a container.
HARD: Document = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}

#: What is not there, where it would otherwise be.
GONE: Any = object()

RESTRICTED, BASELINE, PRIVILEGED = "restricted", "baseline", "privileged"


def container(context: Document | None = None, **fields: Any) -> Document:
    """A container that restricted lets through, but for what is changed of it and its securityContext."""
    security = {key: value for key, value in {**HARD, **(context or {})}.items() if value is not GONE}
    return {"name": "main", "image": "alpine:3.20", "securityContext": security, **fields}


def pod(*containers: Document, annotations: Document | None = None, **spec: Any) -> Document:
    metadata = {"name": "p", "annotations": annotations} if annotations else {"name": "p"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"restartPolicy": "Never", "containers": list(containers or (container(),)), **spec},
    }


def bare(**spec: Any) -> Document:
    """A pod of which nothing is said."""
    return pod({"name": "main", "image": "alpine:3.20"}, **spec)


def volume(**source: Any) -> Document:
    return pod(volumes=[{"name": "v", **source}])


def probe(kind: str, **handler: Any) -> Document:
    return pod(container(**{kind: handler}))


HTTP, TCP = {"port": 80, "host": "10.0.0.1"}, {"port": 80, "host": "10.0.0.1"}
SIDECAR = {"name": "side", "image": "alpine:3.20", "restartPolicy": "Always"}

PODS: dict[str, tuple[Document, str]] = {
    "hardened": (pod(), RESTRICTED),
    "bare": (bare(), BASELINE),
    "hardened by the pod": (
        pod(
            container({"runAsNonRoot": GONE, "seccompProfile": GONE}),
            securityContext={"runAsNonRoot": True, "seccompProfile": {"type": "Localhost", "localhostProfile": "a"}},
        ),
        RESTRICTED,
    ),
    "no context at all": (pod({"name": "main", "image": "a", "securityContext": {}}), BASELINE),
    # baseline
    "hostNetwork": (pod(hostNetwork=True), PRIVILEGED),
    "hostPID": (pod(hostPID=True), PRIVILEGED),
    "hostIPC": (pod(hostIPC=True), PRIVILEGED),
    "hostNetwork false": (pod(hostNetwork=False, hostPID=False, hostIPC=False), RESTRICTED),
    "privileged": (pod(container({"privileged": True, "allowPrivilegeEscalation": True})), PRIVILEGED),
    "privileged false": (pod(container({"privileged": False})), RESTRICTED),
    "privileged init container": (
        pod(initContainers=[{"name": "i", "image": "a", "securityContext": {"privileged": True}}]),
        PRIVILEGED,
    ),
    "NET_ADMIN": (pod(container({"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}})), PRIVILEGED),
    "CHOWN": (pod(container({"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}})), BASELINE),
    "NET_BIND_SERVICE": (pod(container({"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}})), RESTRICTED),
    "hostPath": (volume(hostPath={"path": "/"}), PRIVILEGED),
    "hostPort": (pod(container(ports=[{"containerPort": 80, "hostPort": 80}])), PRIVILEGED),
    "containerPort": (pod(container(ports=[{"containerPort": 80}])), RESTRICTED),
    "host of a livenessProbe": (probe("livenessProbe", httpGet=HTTP), PRIVILEGED),
    "host of a readinessProbe": (probe("readinessProbe", tcpSocket=TCP), PRIVILEGED),
    "host of a startupProbe": (probe("startupProbe", httpGet=HTTP), PRIVILEGED),
    "probe of the pod": (probe("livenessProbe", httpGet={"port": 80}), RESTRICTED),
    "host of postStart": (pod(container(lifecycle={"postStart": {"httpGet": HTTP}})), PRIVILEGED),
    "host of preStop": (pod(container(lifecycle={"preStop": {"tcpSocket": TCP}})), PRIVILEGED),
    "preStop of the pod": (pod(container(lifecycle={"preStop": {"exec": {"command": ["a"]}}})), RESTRICTED),
    "AppArmor of the pod": (pod(securityContext={"appArmorProfile": {"type": "Unconfined"}}), PRIVILEGED),
    "AppArmor of a container": (pod(container({"appArmorProfile": {"type": "Unconfined"}})), PRIVILEGED),
    "AppArmor of the runtime": (pod(container({"appArmorProfile": {"type": "RuntimeDefault"}})), RESTRICTED),
    "AppArmor annotation": (
        pod(
            container(),
            annotations={"container.apparmor.security.beta.kubernetes.io/main": "unconfined"},
        ),
        PRIVILEGED,
    ),
    "AppArmor annotation, local": (
        pod(
            container({"appArmorProfile": {"type": "Localhost", "localhostProfile": "a"}}),
            annotations={"container.apparmor.security.beta.kubernetes.io/main": "localhost/a"},
        ),
        RESTRICTED,
    ),
    "SELinux type": (pod(securityContext={"seLinuxOptions": {"type": "spc_t"}}), PRIVILEGED),
    "SELinux engine type": (pod(container({"seLinuxOptions": {"type": "container_engine_t"}})), RESTRICTED),
    "SELinux user": (pod(container({"seLinuxOptions": {"user": "system_u"}})), PRIVILEGED),
    "SELinux role": (pod(container({"seLinuxOptions": {"role": "sysadm_r"}})), PRIVILEGED),
    "SELinux level": (pod(container({"seLinuxOptions": {"level": "s0:c1"}})), RESTRICTED),
    "procMount": (pod(container({"procMount": "Default"})), RESTRICTED),
    "procMount, users of the node": (
        pod(container({"procMount": "Unmasked", "allowPrivilegeEscalation": False}), hostUsers=True),
        PRIVILEGED,
    ),
    "procMount, users of its own": (pod(container({"procMount": "Unmasked"}), hostUsers=False), BASELINE),
    "seccomp of the pod": (pod(securityContext={"seccompProfile": {"type": "Unconfined"}}), PRIVILEGED),
    "seccomp of a container": (pod(container({"seccompProfile": {"type": "Unconfined"}})), PRIVILEGED),
    "sysctl": (pod(securityContext={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}), PRIVILEGED),
    "safe sysctl": (pod(securityContext={"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1 2 3"}]}), RESTRICTED),
    "host process": (
        pod(
            container({"windowsOptions": {"hostProcess": True}}),
            hostNetwork=True,
            securityContext={"windowsOptions": {"hostProcess": True}},
        ),
        PRIVILEGED,
    ),
    # restricted
    "emptyDir": (volume(emptyDir={}), RESTRICTED),
    "image volume": (volume(image={"reference": "a"}), RESTRICTED),
    "ephemeral": (
        volume(
            ephemeral={
                "volumeClaimTemplate": {
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
                }
            }
        ),
        RESTRICTED,
    ),
    "nfs": (volume(nfs={"server": "s", "path": "/"}), BASELINE),
    "allowPrivilegeEscalation": (pod(container({"allowPrivilegeEscalation": True})), BASELINE),
    "allowPrivilegeEscalation not said": (pod(container({"allowPrivilegeEscalation": GONE})), BASELINE),
    "runAsNonRoot false": (pod(container({"runAsNonRoot": False})), BASELINE),
    "runAsNonRoot not said": (pod(container({"runAsNonRoot": GONE})), BASELINE),
    "runAsNonRoot false of the pod": (pod(securityContext={"runAsNonRoot": False}), BASELINE),
    "runAsNonRoot false, users of its own": (pod(container({"runAsNonRoot": False}), hostUsers=False), RESTRICTED),
    "runAsUser 0": (pod(container({"runAsUser": 0})), BASELINE),
    "runAsUser 0 of the pod": (pod(securityContext={"runAsUser": 0}), BASELINE),
    "runAsUser 0, users of its own": (pod(container({"runAsUser": 0}), hostUsers=False), RESTRICTED),
    "runAsUser 1000": (pod(container({"runAsUser": 1000})), RESTRICTED),
    "seccomp not said": (pod(container({"seccompProfile": GONE})), BASELINE),
    "capabilities kept": (pod(container({"capabilities": {"drop": ["CHOWN"]}})), BASELINE),
    "capabilities not said": (pod(container({"capabilities": GONE})), BASELINE),
    "a sidecar": (pod(container(), initContainers=[SIDECAR]), BASELINE),
    "a hardened sidecar": (pod(container(), initContainers=[{**SIDECAR, "securityContext": HARD}]), RESTRICTED),
    "a second container": (pod(container(), {"name": "b", "image": "a"}), BASELINE),
    "on Windows": (
        pod(
            {"name": "main", "image": "a", "securityContext": {"runAsNonRoot": True}},
            os={"name": "windows"},
        ),
        RESTRICTED,
    ),
}
