"""What the demo shows: manifests, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from admission.model.document import Document
from admission.policy import data

MANIFESTS = Path(__file__).parent / "manifests"

#: The policies of the library that are used; how they are bound stands in manifests/cluster.yaml.
_POLICIES = (
    "default-limits",
    "require-limits",
    "default-service-account",
    "service-account",
    "no-privileged-containers",
    "images-from-allowed-registries",
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One ``kubectl apply`` of *file*. *says* is in what it prints; *stored* whether it is shown what was stored."""

    title: str
    story: str
    file: str
    allowed: bool
    says: tuple[str, ...]
    stored: bool = False


SCENES = (
    Scene(
        title="Denied: mistakes that Argo finds late or never",
        story=(
            "A misspelt template fails when its step is reached; resources beside the container are ignored. "
            "Both are found before anything is stored, each at its place."
        ),
        file="report.yaml",
        allowed=False,
        says=("spec.templates[0].steps[0][0].template", "spec.templates[1].resources"),
    ),
    Scene(
        title="Denied: what the platform forbids",
        story="A policy with one line of CEL; it looks at every container that the Workflow would start.",
        file="build.yaml",
        allowed=False,
        says=("privileged containers are not allowed",),
    ),
    Scene(
        title="Warned: what the platform would rather not have",
        story="The same mechanism, bound with the action Warn.",
        file="scan.yaml",
        allowed=True,
        says=("Warning: spec.templates[0].container: the image is from quay.io", "created"),
    ),
    Scene(
        title="Changed: what the author left open",
        story="Limits and a service account are put in, each with its reason. The second apply changes nothing.",
        file="hello.yaml",
        allowed=True,
        says=("created",),
        stored=True,
    ),
    Scene(
        title="Expanded: a reference to a template",
        story="Stored is what will run, whoever edits the template afterwards. The second apply changes nothing.",
        file="greeting.yaml",
        allowed=True,
        says=("created",),
        stored=True,
    ),
)


def furniture() -> list[Document]:
    """What is in the cluster before anybody applies a Workflow: policies, bindings, a namespace and a template."""
    library = (each for each in data.library() if each["kind"] == "WorkflowPolicy")
    policies = [each for each in library if each["metadata"]["name"] in _POLICIES]
    return [*policies, *yaml.safe_load_all((MANIFESTS / "cluster.yaml").read_text())]
