"""
Containers of which the Workflow says already what they will be.

A Workflow of a thousand templates becomes a thousand pods; but what most policies ask of a container (its image, its
limits, its security context) the controller takes from where its author wrote it. Where no patch, no tag and no option
of the controller is at work on that, the container is judged as it stands, and its pod need not be made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from admission.argo.decoding import decoded
from admission.argo.expansion.result import Key
from admission.argo.workflow import Workflow
from admission.errors import MergeError
from admission.model.document import Document, mapping, text
from admission.model.path import Path
from admission.model.written import written
from admission.policy.input import ReviewInput
from admission.policy.targets import Found, templates

#: What the controller takes from a container as it is. Of the rest (names, arguments, mounts) it makes its own.
KEPT = frozenset(
    {"command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe"}
    | {"resources", "securityContext", "startupProbe", "stdin", "stdinOnce", "tty", "workingDir"}
)

#: Options of the controller by which it changes the containers of authors.
_AT_WORK = ("mainContainer",)


#: What is looked at of a target, as JSON; None where it cannot be written so.
Write: TypeAlias = Callable[[Found], bytes | None]


@dataclass(frozen=True)
class Settled:
    """
    *standing*: the containers that are as they stand, with their *texts*; *open*: the templates of which some are not.

    *copies* as in the review.
    """

    standing: tuple[Found, ...] = ()
    texts: tuple[bytes | None, ...] = ()
    open: frozenset[Path] | None = None
    copies: Mapping[int, Key] = field(default_factory=dict)

    @property
    def found(self) -> Iterator[Found]:
        """The same containers as ``effective.py`` has them."""
        return map(self.named, self.standing)

    def named(self, found: Found) -> Found:
        """One of them with its name in the pod, and with what a finding calls it."""
        name = _name_in_pod(found.path, found.object)
        label = f"{self._of_template(found)}container {name!r}"
        return found._replace(object={**found.object, "name": name} if name else found.object, label=label)

    def _of_template(self, found: Found) -> str:
        if "inline" in found.path:
            return ""
        copied = self.copies.get(int(found.path[2]))
        name = copied.template if copied else text(found.template.get("name"))
        return f"template {name!r}, " if name else ""


#: Nothing can be told without the pods.
UNSETTLED = Settled()


def settled(review: ReviewInput, fields: Collection[str] | None, write: Write | None = None) -> Settled:
    """
    The containers of *review* that are settled in *fields*, which is all that is looked at; None: that is more.

    The pods of the templates in ``open`` must be made; of all, where that is None. *write* writes no other fields.
    """
    if fields is None or not may_settle(review, fields):
        return UNSETTLED
    spec = mapping(review.workflow.get("spec"))
    if spec.get("podSpecPatch") or spec.get("workflowTemplateRef"):
        return UNSETTLED
    try:
        ran = decoded(spec, "WorkflowSpec", newest=not review.argo_version.startswith("4.0"))
    except (MergeError, RecursionError):
        return UNSETTLED

    def looked_at(found: Found) -> bytes | None:
        return written([found.object[name] for name in fields if name in found.object])

    return _of_templates(ran, review.copies, write or looked_at)


def may_settle(review: ReviewInput, fields: Collection[str] | None) -> bool:
    """Whether nothing but the spec decides which containers of *review* are settled in *fields*."""
    options = review.catalog.controller_config()
    return fields is not None and KEPT.issuperset(fields) and not any(options.get(name) for name in _AT_WORK)


def _of_templates(ran: Document, copies: Mapping[int, Key], write: Write) -> Settled:
    standing: list[Found] = []
    texts: list[bytes | None] = []
    open_: set[Path] = set()
    for path, template in templates({"spec": ran}):
        containers = [Found(place, container, template) for place, container in Workflow.containers(path, template)]
        looked_at = [write(each) for each in containers]
        if containers and (template.get("podSpecPatch") or any(each is None or b"{{" in each for each in looked_at)):
            open_.add(path)
        else:
            standing += containers
            texts += looked_at
    return Settled(tuple(standing), tuple(texts), frozenset(open_), copies)


def _name_in_pod(place: Path, container: Document) -> str | None:
    own: str | None = container.get("name")
    if place[-1] in ("container", "script"):
        return "main"
    return own or "main" if "containerSet" in place else own
