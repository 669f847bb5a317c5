"""The containers that the controller makes itself (argo-pods 3)."""

from __future__ import annotations

from admission.argo.merge import merge_typed
from admission.argo.pods.setting import Setting
from admission.argo.pods.templates import Template
from admission.errors import MergeError
from admission.model.document import Document, mapping, mappings, sequence, text

VAR_RUN_ARGO: Document = {"name": "var-run-argo", "mountPath": "/var/run/argo"}
TOKEN_VOLUME = "exec-sa-token"
TOKEN_MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"

#: What the controller gives containers that act on the API and of which nobody said otherwise.
MINIMAL: Document = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 8737,
    "seccompProfile": {"type": "RuntimeDefault"},
}
MINIMAL_POD: Document = {"runAsNonRoot": True, "runAsUser": 8737, "seccompProfile": {"type": "RuntimeDefault"}}


def executor_container(name: str, type: str, template: Document, setting: Setting) -> Document:
    """A container of the executor in a pod of a template of that type."""
    given = setting.executor
    container: Document = {"name": name, "image": setting.executor_image}
    for field in ("imagePullPolicy", "args", "env", "resources", "securityContext"):
        if given.get(field):
            container[field] = given[field]
    if type == "resource" and not given.get("securityContext"):
        container["securityContext"] = _locked(name)
    mounts: list[Document] = []
    if kube := mapping(setting.options.get("kubeConfig")):
        path = text(kube.get("mountPath")) or "/kube/config"
        mounts.append({**_kube_mount(kube), "mountPath": path})
        container["args"] = [*sequence(container.get("args")), f"--kubeconfig={path}"]
    if executor_account(template, setting):
        mounts.append({"name": TOKEN_VOLUME, "mountPath": TOKEN_MOUNT_PATH, "readOnly": True})
    return {**container, "volumeMounts": mounts}


def executor_account(template: Document, setting: Setting) -> str:
    """The service account whose token the executor gets, where it has one of its own."""
    own = text(mapping(template.get("executor")).get("serviceAccountName"))
    return own or text(mapping(setting.spec.get("executor")).get("serviceAccountName"))


def kube_volume(setting: Setting) -> list[Document]:
    """The volume with the kubeconfig of the executor, if the controller has one for it."""
    kube = mapping(setting.options.get("kubeConfig"))
    if not kube:
        return []
    return [{"name": _kube_name(kube), "secret": {"secretName": text(kube.get("secretName"))}}]


def main_containers(template: Template, document: Document, setting: Setting) -> list[Document]:
    """The containers that do the work of a template, merged over the controller's ``mainContainer``."""
    low = mapping(setting.options.get("mainContainer"))
    found = list(_main(template.type, document, setting))
    return [_merged(low, each) for each in found] if low else found


def _main(type: str, document: Document, setting: Setting) -> list[Document]:
    body = mapping(document.get(type))
    if type == "container":
        return [{**body, "name": "main"}]
    if type == "script":
        container = {name: value for name, value in body.items() if name != "source"}
        args = [*sequence(body.get("args")), "/argo/staging/script"] if body.get("source") else body.get("args")
        return [{**container, "name": "main", **({"args": args} if args else {})}]
    if type == "containerSet":
        members = mappings(body.get("containers"))
        return [_member(each, sequence(body.get("volumeMounts"))) for each in members]
    return [executor_container("main", type, document, setting)]


def _member(container: Document, mounts: list[Document]) -> Document:
    """A container of a set, which has the mounts of the set, too."""
    own = {name: value for name, value in container.items() if name != "dependencies"}
    listed = [*sequence(container.get("volumeMounts")), *mounts]
    return {**own, "name": text(container.get("name")) or "main", **({"volumeMounts": listed} if listed else {})}


def _merged(low: Document, container: Document) -> Document:
    try:
        return merge_typed(low, container, "Container")
    except MergeError:  # the controller ends the step
        return container


def _locked(name: str) -> Document:
    """The security context of a container of a resource template."""
    if name not in ("init", "wait", "supervisor"):
        return MINIMAL
    return {field: value for field, value in MINIMAL.items() if field != "readOnlyRootFilesystem"}


def _kube_name(kube: Document) -> str:
    return text(kube.get("volumeName")) or "kubeconfig"


def _kube_mount(kube: Document) -> Document:
    return {"name": _kube_name(kube), "readOnly": True, "subPath": text(kube.get("secretKey"))}
