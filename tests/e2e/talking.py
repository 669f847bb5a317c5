"""Talking to the cluster of these tests: as people do, with kubectl."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ours import ours

from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.scenes import MANIFESTS
from admission.cli.demo.webhook import Webhook
from admission.model.document import Document

NAMESPACE = "demo"

#: Users who may do anything as far as the API server is concerned.
CONTROLLER, SOMEBODY, OTHER = "system:serviceaccount:argo:argo", "somebody", "somebody-else"

SYSTEM = "workflows.argoproj.io"


@dataclass(frozen=True)
class Cluster:
    """A control plane, and the webhook in front of it."""

    plane: ControlPlane
    webhook: Webhook

    def kubectl(self, *arguments: str, namespace: str = NAMESPACE, **options: Any) -> subprocess.CompletedProcess[str]:
        """kubectl in a namespace, by default of these tests, and in the demo's manifests, whatever it answers."""
        return self.plane.kubectl("-n", namespace, *arguments, **{"check": False, "cwd": MANIFESTS, **options})

    def must(self, *arguments: str, **options: Any) -> str:
        """What kubectl prints, where it succeeds."""
        return self.kubectl(*arguments, check=True, **options).stdout

    def apply(self, *documents: Document, **options: Any) -> subprocess.CompletedProcess[str]:
        return self.kubectl("apply", "-f", "-", input="\n".join(map(json.dumps, documents)), **options)

    def create(self, document: Document, *flags: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return self.kubectl("create", "-f", "-", *flags, input=json.dumps(document), **options)

    def patch(
        self, kind: str, name: str, change: Document, *flags: str, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        return self.kubectl("patch", kind, name, "--type=merge", "-p", json.dumps(change), *flags, **options)

    def get(self, kind: str, name: str) -> Document:
        found: Document = json.loads(self.must("get", kind, name, "-o", "json"))
        return found

    def has(self, kind: str, name: str) -> bool:
        return not self.kubectl("get", kind, name).returncode

    def delete(self, kind: str, *names: str) -> None:
        self.must("delete", kind, *names, "--ignore-not-found")

    def identity(self, kind: str, name: str) -> tuple[str, int]:
        """What changes whenever anything is stored: ``resourceVersion`` and ``generation``."""
        metadata = self.get(kind, name)["metadata"]
        return metadata["resourceVersion"], metadata["generation"]


def workflow(
    name: str, /, *, container: Document | None = None, metadata: Document | None = None, **spec: Any
) -> Document:
    """A Workflow of one container."""
    template = {"name": "main", "container": {"image": "alpine:3.20", "command": ["echo"], **(container or {})}}
    written = {"entrypoint": "main", "templates": [template], **spec}
    return manifest("Workflow", name, written, metadata)


def reference(name: str, of: str, /, metadata: Document | None = None, **spec: Any) -> Document:
    """A Workflow that is wholly a reference."""
    return manifest("Workflow", name, {"workflowTemplateRef": {"name": of}, **spec}, metadata)


def template(name: str, /, image: str = "alpine:3.20", **container: Any) -> Document:
    return manifest("WorkflowTemplate", name, workflow(name, container={"image": image, **container})["spec"])


def cron(name: str, /, **spec: Any) -> Document:
    inner = workflow(name)["spec"]
    return manifest("CronWorkflow", name, {"schedules": ["0 0 * * *"], "workflowSpec": inner, **spec})


def manifest(kind: str, name: str, spec: Document, metadata: Document | None = None) -> Document:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE, **(metadata or {})},
        "spec": spec,
    }


def policy(name: str, expression: str, message: str = "no", **spec: Any) -> Document:
    validations = [{"expression": expression, "message": message}]
    return ours("WorkflowPolicy", name, **{"title": "A test.", "validations": validations, **spec})


def binding(name: str, *actions: str) -> Document:
    where = {"namespaces": [NAMESPACE]}
    kinds = list(actions or ["Deny"])
    return ours("WorkflowPolicyBinding", name, policyName=name, matchResources=where, validationActions=kinds)


def denied(done: Any, policy: str) -> bool:
    return done.returncode != 0 and f"[policy/{policy}]" in done.stderr


def outcome(done: Any) -> str:
    """What decided: nothing, or of what the findings are."""
    if done.returncode == 0:
        return "allowed"
    sources = [each for each in ("policy/strict", "update/system", "update/reference") if f"[{each}]" in done.stderr]
    return ", ".join(sources) or str(done.stderr)


def transcript(cluster: Cluster, *arguments: str, **options: Any) -> str:
    """A command, and what a terminal would show of it."""
    done = cluster.kubectl(*arguments, **options)
    return f"$ kubectl {' '.join(arguments)}\n{done.stderr}{done.stdout}"


#: What kubectl has said, and manifests for it.
GOLDEN = Path(__file__).parent / "golden"
