"""
Containers of which the Workflow says already what they will be.

A Workflow of a thousand templates becomes a thousand pods; but what most policies ask of a container (its image, its
limits, its security context) the controller takes from where its author wrote it. Where no patch, no tag and no option
of the controller is at work on that, the container is judged as it stands, and its pod need not be made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import orjson

from admission.argo.decoding import decoded
from admission.argo.workflow import Placed, Workflow
from admission.errors import MergeError
from admission.model.document import Document, mapping, text
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.targets import Found, templates

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
    if not may_settle(review, fields):
        return UNSETTLED
    spec = mapping(review.workflow.get("spec"))
    if spec.get("podSpecPatch") or spec.get("workflowTemplateRef"):
        return UNSETTLED
    try:
        ran = decoded(spec, "WorkflowSpec", newest=not review.argo_version.startswith("4.0"))
    except (MergeError, RecursionError):
        return UNSETTLED
    return _of_templates(ran, review, fields or ())


def may_settle(review: ReviewInput, fields: Collection[str] | None) -> bool:
    """Whether nothing but the spec decides which containers of *review* are settled in *fields*."""
    options = review.catalog.controller_config()
    return fields is not None and KEPT.issuperset(fields) and not any(options.get(name) for name in _AT_WORK)


def _of_templates(ran: Document, review: ReviewInput, fields: Collection[str]) -> Settled:
    found: list[Found] = []
    open_: set[Path] = set()
    for path, template in templates({"spec": ran}):
        containers = [*Workflow.containers(path, template)]
        if containers and not _are_settled(containers, template, fields):
            open_.add(path)
            continue
        called = _called(path, template, review)
        found += [_shown(place, container, template, called) for place, container in containers]
    return Settled(tuple(found), frozenset(open_))


def _are_settled(containers: Iterable[Placed], template: Document, fields: Collection[str]) -> bool:
    if template.get("podSpecPatch"):
        return False
    looked_at = [container[name] for _, container in containers for name in fields if name in container]
    try:
        return b"{{" not in orjson.dumps(looked_at)
    except TypeError:  # a number beyond 64 bits, half a surrogate pair
        return False


def _shown(place: Path, container: Document, template: Document, called: str) -> Found:
    """*container* as it is in its pod, as ``effective.py`` has it: with its name there, and what a finding calls it."""
    name = _name_in_pod(place, container)
    document = container if container.get("name") == name else {**container, "name": name}
    return Found(place, document, template, label=f"{called}container {name!r}")


def _called(path: Path, template: Document, review: ReviewInput) -> str:
    """What findings call the template at *path* before they come to its container."""
    copied = review.copies.get(int(path[2])) if review.copies and len(path) == 3 else None
    name = "" if path[-1] == "inline" else copied.template if copied else text(template.get("name"))
    return f"template {name!r}, " if name else ""


def _name_in_pod(place: Path, container: Document) -> str | None:
    own: str | None = container.get("name")
    if place[-1] in ("container", "script"):
        return "main"
    return own or "main" if "containerSet" in place else own
