"""The pods that delete the artifacts of a Workflow, long after it has been admitted (argo-pods 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from admission.argo.pods.artifacts import archive_location, artifacts, secrets
from admission.argo.pods.build import Draft, Part
from admission.argo.pods.effective import EffectivePod
from admission.argo.pods.executor import MINIMAL, MINIMAL_POD
from admission.argo.pods.finish import Making, finished
from admission.argo.pods.metadata import overlaid, system
from admission.argo.pods.setting import Setting
from admission.argo.pods.values import dumped
from admission.argo.pods.walk import Context
from admission.model.document import Document, mapping, text
from admission.model.path import Path

_RESOURCES: Document = {"limits": {"cpu": "100m", "memory": "64Mi"}, "requests": {"cpu": "50m", "memory": "32Mi"}}
#: When artifacts are deleted: the pods of one come together, and never with those of the other.
STRATEGIES = ("OnWorkflowCompletion", "OnWorkflowDeletion")


class _Kind(NamedTuple):
    """What artifacts have in common that one pod deletes."""

    strategy: str
    account: str
    metadata: str


class _Group:
    """The artifacts of one pod: where the first of them stands, and all Secrets that they need."""

    def __init__(self, path: Path, metadata: Document) -> None:
        self.path, self.metadata = path, metadata
        self.secrets: dict[str, list[str]] = {}

    def add(self, needed: dict[str, list[str]]) -> None:
        for name, keys in needed.items():
            own = self.secrets.setdefault(name, [])
            own += [key for key in keys if key not in own]


def gc_pods(
    contexts: Iterable[Context], setting: Setting, *, reachable: bool, strategies: tuple[str, ...] = STRATEGIES
) -> Iterator[EffectivePod]:
    """The pods that delete what the templates of *contexts* have written, by one of *strategies*."""
    whole = mapping(setting.spec.get("artifactGC"))
    groups: dict[_Kind, _Group] = {}
    for context in contexts:
        _collect(context, whole, setting, groups)
    patch = (Path(("spec", "artifactGC", "podSpecPatch")), whole.get("podSpecPatch"))
    for kind, group in groups.items():
        if kind.strategy not in strategies:
            continue
        main = Part(_container(group, setting), group.path, authored=False)
        making = Making("artifact-gc", group.path, setting.values, (patch,), last_mounts=False, account=kind.account)
        draft = Draft(_pod(group, kind.strategy, setting), (main,), ())
        yield finished(draft, making, setting, reachable=reachable)


def _collect(context: Context, whole: Document, setting: Setting, groups: dict[_Kind, _Group]) -> None:
    outputs = artifacts(context.template.document, "outputs")
    if not outputs or not (whole or any(each.get("artifactGC") for each in outputs)):
        return
    document = context.inputs.put_into(context.template)
    location = archive_location(document, setting)
    for index, artifact in enumerate(artifacts(document, "outputs")):
        own = mapping(artifact.get("artifactGC"))
        strategy = text(own.get("strategy")) or text(whole.get("strategy"))
        if strategy not in STRATEGIES or artifact.get("deleted") is True:
            continue
        account = text(own.get("serviceAccountName")) or text(whole.get("serviceAccountName"))
        metadata = overlaid({}, mapping(whole.get("podMetadata")), mapping(own.get("podMetadata")))
        path = context.template.path.join(("outputs", "artifacts", index))
        kind = _Kind(strategy, account, dumped(metadata))
        groups.setdefault(kind, _Group(path, metadata)).add(secrets({"outputs": {"artifacts": [artifact]}}, location))


def _pod(group: _Group, strategy: str, setting: Setting) -> Document:
    own = system(setting, labels={"component": "artifact-gc"}, pod_gc=False)
    own["annotations"] = {"workflows.argoproj.io/artifact-gc-strategy": strategy}
    volumes = [
        {"name": name, "secret": {"secretName": name, "items": [{"key": key, "path": key} for key in keys]}}
        for name, keys in group.secrets.items()
    ]
    spec = {
        "restartPolicy": "Never",
        "securityContext": MINIMAL_POD,
        "automountServiceAccountToken": True,
        "volumes": volumes,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": overlaid(own, group.metadata), "spec": spec}


def _container(group: _Group, setting: Setting) -> Document:
    mounts = [{"name": name, "mountPath": f"/argo/secret/{name}", "readOnly": True} for name in group.secrets]
    return {
        "name": "main",
        "image": setting.executor_image,
        "resources": _RESOURCES,
        "securityContext": MINIMAL,
        "volumeMounts": mounts,
    }
