"""The things of a Workflow that a policy looks at, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from admission.argo.expansion.holders import calls
from admission.argo.workflow import Workflow
from admission.model.document import Document, mapping, sequence
from admission.model.path import Path
from admission.policy.spec import Target

_SPEC = Path(("spec",))

#: What is not in a pod. Nobody changes a document.
_NO_POD: Document = {}


class Found(NamedTuple):
    """
    A target: its place in the Workflow, itself, and the template that it is or is in (empty for a Workflow).

    *pod*: the pod that it is or is in, of which *label* says to a person what it is.
    """

    path: Path
    object: Document
    template: Document
    pod: Document = _NO_POD
    label: str = ""


def targets(target: Target, workflow: Document) -> Iterator[Found]:
    """
    All targets of that kind that stand in *workflow*: containers are those that authors write, and there are no pods.

    The place of a Workflow is its spec: what its author can change.
    """
    if target is Target.WORKFLOW:
        yield Found(_SPEC, workflow, {})
    elif target is Target.TEMPLATE:
        yield from (Found(path, template, template) for path, template in templates(workflow))
    elif target is Target.CONTAINER:
        for path, template in templates(workflow):
            yield from (Found(place, container, template) for place, container in Workflow.containers(path, template))


def templates(workflow: Document) -> Iterator[tuple[Path, Document]]:
    """The templates of a Workflow, those that are written within steps and tasks included."""
    path = _SPEC / "templates"
    for index, template in enumerate(sequence(mapping(workflow.get("spec")).get("templates"))):
        if not isinstance(template, dict):
            continue
        if "steps" in template or "dag" in template:
            yield from _with_inline(path / index, template)
        else:
            yield path / index, template


def _with_inline(path: Path, template: Document) -> Iterator[tuple[Path, Document]]:
    yield path, template
    for _, place, call in calls(template, path):
        if isinstance(call.get("inline"), dict):
            yield from _with_inline(place / "inline", call["inline"])
