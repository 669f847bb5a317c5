"""Workflows and templates, as short as tests want them."""

from __future__ import annotations

from typing import Any

from admission.model.catalog import FrozenCatalog
from admission.model.document import Document

IMAGE = {"image": "alpine:3.20"}


def obj(kind: str, name: str, spec: Document, **metadata: Any) -> Document:
    """An object of Argo."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "spec": spec,
    }


def workflow(name: str = "own", **spec: Any) -> Document:
    return obj("Workflow", name, spec)


def referring(name: str = "base", **spec: Any) -> Document:
    """A Workflow with a workflowTemplateRef."""
    return workflow(workflowTemplateRef={"name": name}, **spec)


def template(name: str = "base", **spec: Any) -> Document:
    return obj("WorkflowTemplate", name, spec)


def cluster_template(name: str = "base", **spec: Any) -> Document:
    return obj("ClusterWorkflowTemplate", name, spec)


def container(name: str, **more: Any) -> Document:
    """A template with a container."""
    return {"name": name, "container": IMAGE, **more}


def steps(name: str, *calls: Document) -> Document:
    """A template of steps, one after the other."""
    return {"name": name, "steps": [[call] for call in calls]}


def call(name: str, **more: Any) -> Document:
    """A step or task."""
    return {"name": name, **more}


def ref(name: str, of: str, *, cluster: bool = False) -> Document:
    """What a step or hook has to run the template *of* of another object."""
    return {"templateRef": {"name": name, "template": of, **({"clusterScope": True} if cluster else {})}}


def catalog(*documents: Document, defaults: Document | None = None, mode: str = "") -> FrozenCatalog:
    """A catalog of *documents*, and a controller with these defaults and this ``templateReferencing``."""
    controller: Document = {"workflowDefaults": defaults} if defaults else {}
    if mode:
        controller["workflowRestrictions"] = {"templateReferencing": mode}
    return FrozenCatalog.of(documents, controller=controller)
