"""
Containers of which the Workflow says already what they will be.

A Workflow of a thousand templates becomes a thousand pods; but what most policies ask of a container (its image, its
limits, its security context) the controller takes from where its author wrote it. Where no patch, no tag and no option
of the controller is at work on that, the container is judged as it stands, and its pod need not be made.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import orjson

from admission.argo.decoding import decoded
from admission.errors import MergeError
from admission.model.document import mapping, text
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.spec import Target
from admission.policy.targets import Found, targets

#: What the controller takes from a container as it is. Of the rest (names, arguments, mounts) it makes its own.
KEPT = frozenset(
    {"command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe"}
    | {"resources", "securityContext", "startupProbe", "stdin", "stdinOnce", "tty", "workingDir"}
)

#: Options of the controller by which it changes the containers of authors.
_AT_WORK = ("mainContainer",)


@dataclass(frozen=True)
class Settled:
    """*found*: the containers that are as they stand; *open*: the templates of which some container is not."""

    found: tuple[Found, ...] = ()
    open: frozenset[Path] | None = None


#: Nothing can be told without the pods.
UNSETTLED = Settled()


def settled(review: ReviewInput, fields: Collection[str] | None) -> Settled:
    """
    The containers of *review* that are settled in *fields*, which is all that is looked at; None: that is more.

    The pods of the templates in ``open`` must be made; of all, where that is None.
    """
    spec = mapping(review.workflow.get("spec"))
    options = review.catalog.controller_config()
    if fields is None or not KEPT.issuperset(fields) or any(options.get(name) for name in _AT_WORK):
        return UNSETTLED
    if spec.get("podSpecPatch") or spec.get("workflowTemplateRef"):
        return UNSETTLED
    try:
        ran = decoded(spec, "WorkflowSpec", newest=not review.argo_version.startswith("4.0"))
    except (MergeError, RecursionError):
        return UNSETTLED
    containers = list(targets(Target.CONTAINER, {"spec": ran}))
    unsettled = {_template_of(each.path) for each in containers if not _is_settled(each, fields)}
    kept = (each for each in containers if _template_of(each.path) not in unsettled)
    return Settled(tuple(_shown(each, review) for each in kept), frozenset(unsettled))


def _is_settled(container: Found, fields: Collection[str]) -> bool:
    if container.template.get("podSpecPatch"):
        return False
    looked_at = [container.object[name] for name in fields if name in container.object]
    try:
        return b"{{" not in orjson.dumps(looked_at)
    except TypeError:  # a number beyond 64 bits, half a surrogate pair
        return False


def _template_of(path: Path) -> Path:
    """The template of the container at *path*: the innermost one, where it stands within another."""
    depth = len(path) - 1
    while path[depth] not in ("container", "script", "containerSet", "sidecars", "initContainers"):
        depth -= 1
    return Path(path[:depth])


def _shown(container: Found, review: ReviewInput) -> Found:
    """*container* as it is in its pod, as ``effective.py`` has it: with its name there, and what a finding calls it."""
    name = _name_in_pod(container)
    document = container.object if container.object.get("name") == name else {**container.object, "name": name}
    parts = (part for part in (_template_label(container, review), f"container {name!r}") if part)
    return Found(container.path, document, container.template, label=", ".join(parts))


def _template_label(container: Found, review: ReviewInput) -> str:
    path = _template_of(container.path)
    copied = review.copies.get(int(path[2])) if len(path) == 3 else None
    name = "" if path[-1] == "inline" else copied.template if copied else text(container.template.get("name"))
    return f"template {name!r}" if name else ""


def _name_in_pod(container: Found) -> str | None:
    own: str | None = container.object.get("name")
    if container.path[-1] in ("container", "script"):
        return "main"
    return own or "main" if "containerSet" in container.path else own
