from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.lint.texts import MalformedText, documents
from admission.model.document import mapping, text

ACTIONS = ("create", "apply", "replace")


@rule(
    good="""
        spec:
          templates:
          - name: main
            resource:
              action: create
              manifest: |
                {apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            resource:
              action: create
              manifest: "kind: ConfigMap"  # finding
        """,
)
def rt_resource_object(workflow: Workflow) -> Iterator[Hit]:
    """
    A manifest to create or change is one Kubernetes object.

    It has apiVersion, kind and a name (or generateName), and there is one of it. kubectl refuses others, and the step
    ends in Error: certain where no tag is in it, so denied.
    """
    for node in workflow.graph.having("resource"):
        resource = mapping(node.document.get("resource"))
        written = literal(resource.get("manifest"))
        if (
            written
            and resource.get("action") in ACTIONS
            and (problem := _problem(written, text(resource.get("action"))))
        ):
            yield node.path.join(("resource", "manifest")), problem


def _problem(written: str, action: str) -> str:
    try:
        found = documents(written)
    except MalformedText:
        # Argo's validator says so itself, as far as it matters to it.
        return ""
    if len(found) > 1:
        return f"there are {len(found)} documents: one template makes one object"
    if not found or not isinstance(found[0], dict):
        return "the manifest is not an object"
    names = ("name", "generateName") if action == "create" else ("name",)
    metadata = mapping(found[0].get("metadata"))
    missing = [field for field in ("apiVersion", "kind") if not found[0].get(field)]
    if not any(metadata.get(name) for name in names):
        missing.append(f"metadata.{names[0]}")
    return f"the object has no {' and no '.join(missing)}" if missing else ""
