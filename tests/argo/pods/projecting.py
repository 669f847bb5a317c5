"""Workflows and their pods, as short as tests want them."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import yaml

from admission.argo.pods import EffectivePod, effective_pods
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.path import Path


def documents(written: str) -> list[Document]:
    """The documents of a YAML text; what lacks them is a Workflow named ``wf``."""
    found = [each for each in yaml.safe_load_all(dedent(written)) if each]
    head = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "wf"}}
    return [{**head, **each} for each in found]


def pods(written: str, *, controller: str = "", version: str = "4.1") -> tuple[EffectivePod, ...]:
    """The pods of the first document; the others, and the options of the controller, are in the catalog."""
    given = documents(written)
    catalog = FrozenCatalog.of(given, namespace="ns", controller=yaml.safe_load(dedent(controller)) or {})
    return effective_pods(given[0], catalog, namespace="ns", argo_version=version)


def one(written: str, template: str = "main", **options: Any) -> EffectivePod:
    """The only pod of a template."""
    (found,) = (pod for pod in pods(written, **options) if pod.template == template and pod.purpose == "step")
    return found


def container(pod: EffectivePod, name: str) -> Document:
    """The container of that name, or the init container."""
    spec = pod.pod["spec"]
    (found,) = (each for each in (*spec["containers"], *spec.get("initContainers", ())) if each["name"] == name)
    return dict(found)


def names(pod: EffectivePod) -> tuple[list[str], list[str]]:
    """The names of the containers and of the init containers."""
    spec = pod.pod["spec"]
    return [each["name"] for each in spec["containers"]], [each["name"] for each in spec.get("initContainers", ())]


def volumes(pod: EffectivePod) -> dict[str, Document]:
    """The sources of the volumes, by name."""
    return {each["name"]: {k: v for k, v in each.items() if k != "name"} for each in pod.pod["spec"]["volumes"]}


def mounts(pod: EffectivePod, name: str) -> dict[str, str]:
    """The volumes of a container, by the place where they are mounted."""
    return {each["mountPath"]: each["name"] for each in container(pod, name)["volumeMounts"]}


def at(*steps: str | int) -> Path:
    return Path(steps)
