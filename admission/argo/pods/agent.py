"""The one pod of a Workflow that works for all its http and plugin templates (argo-pods 8)."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.pods.build import Draft, Part
from admission.argo.pods.effective import EffectivePod
from admission.argo.pods.executor import MINIMAL, MINIMAL_POD, TOKEN_MOUNT_PATH, VAR_RUN_ARGO
from admission.argo.pods.finish import Making, finished
from admission.argo.pods.metadata import overlaid, system
from admission.argo.pods.setting import Setting
from admission.argo.pods.spec import spec_fields
from admission.argo.pods.walk import Context
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

_RESOURCES: Document = {"limits": {"cpu": "100m", "memory": "256M"}, "requests": {"cpu": "10m", "memory": "64M"}}
#: The controller ends the name with five random letters.
_TOKEN_VOLUME = "kube-api-access-xxxxx"
_FIELDS = (
    "nodeSelector",
    "affinity",
    "tolerations",
    "schedulerName",
    "priorityClassName",
    "hostAliases",
    "securityContext",
    "serviceAccountName",
    "imagePullSecrets",
    "dnsPolicy",
    "dnsConfig",
)


def agent_pods(callers: list[Context], setting: Setting, *, reachable: bool) -> Iterator[EffectivePod]:
    """The pod of the agent; none where the controller makes none. *callers* are the templates that need it."""
    if setting.options.get("disableAgentPodCreation") is True:
        return
    path = callers[0].template.path
    plugins = tuple(_plugins(setting)) if setting.newest else ()
    main, init = (Part(_container(name, setting), path, authored=False) for name in ("main", "init"))
    making = Making(
        purpose="agent",
        path=path,
        values=setting.values,
        patches=((Path(("spec", "podSpecPatch")), setting.spec.get("podSpecPatch")),),
        last_mounts=False,
    )
    yield finished(Draft(_pod(setting), (*plugins, main), (init,)), making, setting, reachable=reachable)


def _pod(setting: Setting) -> Document:
    own = system(setting, labels={"component": "agent"}, pod_gc=False)
    fields = spec_fields(setting, *_FIELDS)
    account = text(fields.get("serviceAccountName")) or "default"
    token = {"name": _TOKEN_VOLUME, "secret": {"secretName": setting.token_secret(account)}}
    spec = {
        "restartPolicy": "OnFailure",
        "securityContext": MINIMAL_POD,
        **fields,
        "automountServiceAccountToken": False,
        "volumes": [{"name": "var-run-argo", "emptyDir": {}}, token],
    }
    metadata = overlaid(own, mapping(setting.spec.get("podMetadata")))
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _container(name: str, setting: Setting) -> Document:
    policy = setting.executor.get("imagePullPolicy")
    return {
        "name": name,
        "image": setting.executor_image,
        **({"imagePullPolicy": policy} if policy else {}),
        "resources": _RESOURCES,
        "securityContext": MINIMAL,
        "volumeMounts": [
            VAR_RUN_ARGO,
            {"name": _TOKEN_VOLUME, "mountPath": TOKEN_MOUNT_PATH, "readOnly": True},
        ],
    }


def _plugins(setting: Setting) -> Iterator[Part]:
    """The plugins that the Workflow brings itself; whether they run hangs on the controller's environment."""
    for index, plugin in enumerate(sequence(setting.spec.get("executorPlugins"))):
        sidecar = mapping(mapping(mapping(plugin).get("spec")).get("sidecar")) or mapping(
            mapping(plugin).get("sidecar")
        )
        container = mapping(sidecar.get("container"))
        if container:
            yield Part(container, Path(("spec", "executorPlugins", index)))
