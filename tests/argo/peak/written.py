"""Workflows written short, for tests of their peaks."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

import yaml

from admission.argo.peak import Peak, peak_of
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document

HEAD: Document = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "wf"}}


def catalog(written: str) -> tuple[Document, FrozenCatalog]:
    documents = [{**HEAD, **each} for each in yaml.safe_load_all(dedent(written)) if each]
    return documents[0], FrozenCatalog.of(documents, namespace="ns")


def peak(written: str) -> Peak:
    document, there = catalog(written)
    return peak_of(document, there, namespace="ns", argo_version="4.1")


def of_templates(*templates: str, **spec: Any) -> str:
    """A Workflow with these templates; ``w`` is one that has a pod of one CPU."""
    work = "{name: w, container: {image: a, resources: {limits: {cpu: 1, memory: 1Gi}}}}"
    lines = "\n".join(f"  - {each}" for each in (*templates, work))
    rest = "\n".join(f"  {name}: {json.dumps(value)}" for name, value in spec.items())
    return f"spec:\n  entrypoint: main\n{rest}\n  templates:\n{lines}\n"


def pods(*templates: str, **spec: Any) -> int | float:
    return peak(of_templates(*templates, **spec)).parallel_pods


def call(name: str, template: str = "w", **more: Any) -> str:
    return yaml.safe_dump({"name": name, "template": template, **more}, default_flow_style=True).strip()


def tasks(*each: str, name: str = "main", **more: Any) -> str:
    return f"{{name: {name}, dag: {{tasks: [{', '.join(each)}]}}{_fields(more)}}}"


def steps(*groups: list[str], name: str = "main", **more: Any) -> str:
    inner = ", ".join(f"[{', '.join(group)}]" for group in groups)
    return f"{{name: {name}, steps: [{inner}]{_fields(more)}}}"


def _fields(more: dict[str, Any]) -> str:
    return "".join(f", {key}: {json.dumps(value)}" for key, value in more.items())
