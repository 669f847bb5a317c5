from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.graph import Node
from admission.argo.languages.tags import OPEN
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, text
from admission.model.path import Path

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, sidecars: [{name: proxy, image: nginx}]}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            sidecars:
            - {name: main, image: nginx}  # finding
            - {name: Proxy, image: nginx}  # finding
        """,
)
def rt_container_name(workflow: Workflow) -> Iterator[Hit]:
    """
    The containers of a pod have names of their own, in lower case.

    main, init and wait are Argo's. A sidecar or init container of such a name, of no name, of another's, or with
    letters that Kubernetes does not take makes a pod that is refused: certain, so denied.
    """
    for node in workflow.graph.having("containerSet", "sidecars", "initContainers"):
        body = mapping(node.document.get("containerSet"))
        members = list(entries(node.path.join(("containerSet", "containers")), body.get("containers"))) if body else []
        taken = {"init", "wait"} | (set() if members else {"main"})
        others = [found for field in ("sidecars", "initContainers") for found in _named(node, field)]
        for path, container in (*members, *others):
            name = container.get("name")
            if problem := _problem(name, taken):
                yield path, problem
            taken.add(text(name))


def _named(node: Node, field: str) -> Iterator[tuple[Path, Document]]:
    # That an init container has a name, Argo's validator asks for itself.
    for path, container in entries(node.path / field, node.document.get(field)):
        if field == "sidecars" or container.get("name"):
            yield path, container


def _problem(name: object, taken: set[str]) -> str:
    if not name or not isinstance(name, str):
        return "give the container a name"
    if OPEN in name:
        return ""
    if name in taken:
        return f"{shown(name)} is already the name of a container of the pod"
    return "" if _LABEL.fullmatch(name) else f"{shown(name)}: use lower case letters, digits and hyphens, at most 63"
