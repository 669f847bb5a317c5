"""The pod of a template, built in the controller's own order (argo-pods 2), up to where a podSpecPatch comes in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from admission.argo.pods.artifacts import archive_location, artifacts, mounted_inputs, plugins, secrets
from admission.argo.pods.executor import (
    TOKEN_VOLUME,
    executor_account,
    executor_container,
    kube_volume,
    main_containers,
)
from admission.argo.pods.metadata import metadata
from admission.argo.pods.setting import Setting
from admission.argo.pods.spec import pod_fields
from admission.argo.pods.templates import Template
from admission.argo.pods.walk import Context
from admission.model.document import Document, mapping, mappings, name_of, sequence, text
from admission.model.path import Path

#: Where the executor sees the file system of the main container.
_MAIN = "/mainctrfs"
_STAGING: Document = {"name": "argo-staging", "mountPath": "/argo/staging"}
_BINARY: Document = {"name": "argoexec-bin", "mountPath": "/argo-bin", "readOnly": True}
_OUTPUTS: Document = {"name": "tmp-dir-argo", "mountPath": "/tmp/argo/outputs", "subPath": "argo/outputs"}


@dataclass(frozen=True, slots=True)
class Part:
    """A container of the pod, where it comes from in the expanded Workflow, and whether an author wrote it."""

    container: Document
    path: Path
    authored: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A pod without its containers, and these; *body* is the template with its inputs, if it is the pod of one."""

    pod: Document
    containers: tuple[Part, ...]
    init_containers: tuple[Part, ...]
    body: Document = field(default_factory=dict)


def draft(context: Context, setting: Setting) -> Draft:
    """The pod of a template that has one, with its inputs filled in."""
    job = _Drafting(context, setting)
    return Draft(job.pod(), tuple(job.containers()), tuple(job.init_containers()), job.body)


class _Drafting:
    """The drafting of one pod."""

    def __init__(self, context: Context, setting: Setting) -> None:
        self._context, self._setting = context, setting
        self._template: Template = context.template
        self.body = context.inputs.put_into(context.template)
        self._type = self._template.type
        self._location = archive_location(self.body, setting)
        self._secrets = secrets(self.body, self._location)
        self._user_mounts = _mounts_of_main(self._type, self.body)
        self._mains = [self._with_main_mounts(each) for each in main_containers(self._template, self.body, setting)]

    def pod(self) -> Document:
        context, setting = self._context, self._setting
        fields = pod_fields(self.body, context.boundary, setting, on_exit=context.on_exit)
        spec = {**fields, "volumes": self._volumes()}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata(self.body, self._mains, setting, on_exit=context.on_exit),
            "spec": spec,
        }

    def containers(self) -> Iterable[Part]:
        if self._type not in ("resource", "data") or self._waits():
            yield self._made(self._wait())
        mains = self._mains
        for container, path in zip(mains, _main_paths(self._template.path, self._type, len(mains)), strict=True):
            made = self._type in ("resource", "data")
            yield Part(container if made else self._with_executor(container), path, authored=not made)
        for path, sidecar in self._listed("sidecars"):
            yield Part(self._with_executor(self._mirrored(sidecar)), path)
        for plugin in self._sidecar_plugins():
            yield self._made(self._plugin_sidecar(plugin))

    def init_containers(self) -> Iterable[Part]:
        if not self._setting.initless:
            yield self._made(self._init())
            for plugin in plugins(self.body, "inputs", self._location):
                yield self._made(self._plugin_init(plugin))
        for path, container in self._listed("initContainers"):
            yield Part(self._mirrored(container), path)

    def _made(self, container: Document) -> Part:
        return Part(container, self._template.path, authored=False)

    def _waits(self) -> bool:
        """Whether a pod of the executor's own has a container that waits for it: to save its logs."""
        if self._setting.initless and mapping(self.body.get("resource")).get("manifestFrom"):
            return True
        return self._type == "resource" and bool(self._location.get("archiveLogs"))

    def _sidecar_plugins(self) -> list[str]:
        return plugins(self.body, "outputs", self._location) if self._type not in ("resource", "data") else []

    def _executor(self, name: str) -> Document:
        return executor_container(name, self._type, self.body, self._setting)

    def _wait(self) -> Document:
        """The container that saves what the main ones leave; where there is no init, it prepares their work, too."""
        names = self._sidecar_plugins()
        shared = [*map(_plugin_mount, names), _OUTPUTS] if names else []
        mounts = [*self._secret_mounts(), *self._seen_mounts(), *shared]
        if not self._setting.initless:
            return _with_mounts(self._executor("wait"), mounts)
        return _with_mounts(self._executor("supervisor"), [*mounts, *self._input_mounts(), *self._staging()])

    def _staging(self) -> list[Document]:
        return [_STAGING] if self._type == "script" else []

    def _with_executor(self, container: Document) -> Document:
        """A container of the author's, which finds the executor in a volume where no init puts it there."""
        return _with_mounts(container, [_BINARY]) if self._setting.initless else container

    def _init(self) -> Document:
        mounts = [*self._secret_mounts(), *self._input_mounts(), *self._staging()]
        return _with_mounts(self._executor("init"), mounts)

    def _plugin_init(self, plugin: str) -> Document:
        container = _with_mounts(self._executor(f"init-artifact-{plugin}"), self._input_mounts())
        return {**container, "image": self._setting.drivers.get(plugin, "")}

    def _plugin_sidecar(self, plugin: str) -> Document:
        container = self._executor(f"artifact-plugin-{plugin}")
        mounts = [*self._seen_mounts(), _plugin_mount(plugin), _OUTPUTS]
        return {**container, "image": self._setting.drivers.get(plugin, ""), "volumeMounts": mounts}

    def _input_mounts(self) -> list[Document]:
        """Where input artifacts are unpacked, and where the main container has its own mounts."""
        if not artifacts(self.body, "inputs"):
            return []
        base: Document = {"name": "input-artifacts", "mountPath": "/argo/inputs/artifacts"}
        return [base, *(_below_main(mount) for mount in self._user_mounts)]

    def _seen_mounts(self) -> list[Document]:
        """The mounts of the main container, as the containers that save its outputs have them."""
        if self._type in ("resource", "data"):
            return []
        mounts = (
            mount for each in self._mains if each.get("name") == "main" for mount in mappings(each.get("volumeMounts"))
        )
        return [{k: v for k, v in _below_main(mount).items() if k != "readOnly"} for mount in mounts]

    def _with_main_mounts(self, container: Document) -> Document:
        """A main container with what the controller mounts in the one of that name."""
        if container.get("name") != "main":
            return container
        mounts = list(mounted_inputs(self.body, self._user_mounts))
        if self._type == "script":
            mounts.append(_STAGING)
        if self._type == "data":
            mounts += self._secret_mounts()
        return _with_mounts(container, mounts)

    def _mirrored(self, container: Document) -> Document:
        """A container of the author's, with the mounts of the main container if it asks for these."""
        own = {name: value for name, value in container.items() if name != "mirrorVolumeMounts"}
        if not container.get("mirrorVolumeMounts"):
            return own
        main = next((each for each in self._mains if each.get("name") == "main"), {})
        return _with_mounts(own, mappings(main.get("volumeMounts")))

    def _secret_mounts(self) -> list[Document]:
        return [{"name": name, "mountPath": f"/argo/secret/{name}", "readOnly": True} for name in self._secrets]

    def _listed(self, name: str) -> Iterable[tuple[Path, Document]]:
        for index, each in enumerate(sequence(self.body.get(name))):
            if isinstance(each, dict):
                yield self._template.path / name / index, each

    def _volumes(self) -> list[Document]:
        document, setting = self.body, self._setting
        volumes: list[Document] = [*kube_volume(setting), _empty("var-run-argo"), _empty("tmp-dir-argo")]
        volumes += mappings(document.get("volumes"))
        if account := executor_account(document, setting):
            volumes.append({"name": TOKEN_VOLUME, "secret": {"secretName": setting.token_secret(account)}})
        volumes += self._referred(volumes)
        for name, keys in self._secrets.items():
            items = [{"key": key, "path": key} for key in keys]
            volumes.append({"name": name, "secret": {"secretName": name, "items": items}})
        if artifacts(document, "inputs"):
            volumes.append(_empty("input-artifacts"))
        if self._type == "script":
            volumes.append(_empty("argo-staging"))
        if setting.initless:
            volumes.append({"name": _BINARY["name"], "image": {"reference": setting.executor_image}})
        return [*volumes, *(_empty(f"artifact-plugin-{plugin}") for plugin in self._sidecar_plugins())]

    def _referred(self, there: list[Document]) -> list[Document]:
        """The volumes of the Workflow that the template mounts, and its claims."""
        known = {text(each.get("name")): each for each in reversed(self._of_workflow())}
        taken = {text(each.get("name")) for each in there}
        others = (each for name in ("initContainers", "sidecars") for _, each in self._listed(name))
        mounts = [*self._user_mounts, *(mount for each in others for mount in mappings(each.get("volumeMounts")))]
        names = dict.fromkeys(text(mount.get("name")) for mount in mounts)
        return [known[name] for name in names if name in known and name not in taken]

    def _of_workflow(self) -> list[Document]:
        spec = self._setting.spec
        volumes = mappings(spec.get("volumes"))
        for claim in sequence(spec.get("volumeClaimTemplates")):
            name = name_of(mapping(claim))
            source = {"claimName": f"{self._setting.name}-{name}"}
            volumes.append({"name": name, "persistentVolumeClaim": source})
        return volumes


def _mounts_of_main(type: str, document: Document) -> list[Document]:
    """The mounts that a template's author gives its main container, or the whole of its set."""
    return (
        mappings(mapping(document.get(type)).get("volumeMounts"))
        if type in ("container", "script", "containerSet")
        else []
    )


def _main_paths(path: Path, type: str, count: int) -> list[Path]:
    if type == "containerSet":
        return [path / "containerSet" / "containers" / index for index in range(count)]
    return [path / type] * count


def _with_mounts(container: Document, mounts: list[Document]) -> Document:
    return {**container, "volumeMounts": [*mappings(container.get("volumeMounts")), *mounts]} if mounts else container


def _below_main(mount: Document) -> Document:
    return {**mount, "mountPath": posixpath.normpath(f"{_MAIN}/{text(mount.get('mountPath'))}")}


def _plugin_mount(plugin: str) -> Document:
    return {"name": f"artifact-plugin-{plugin}", "mountPath": f"/tmp/artifact-plugins/{plugin}"}


def _empty(name: str) -> dict[str, Any]:
    return {"name": name, "emptyDir": {}}
