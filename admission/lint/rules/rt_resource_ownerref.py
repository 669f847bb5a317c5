from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.lint.texts import MalformedText, documents
from admission.model.document import mapping, text
from admission.model.finding import Action


@rule(
    good="""
        spec:
          templates:
          - name: main
            resource:
              action: create
              setOwnerReference: true
              manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
        """,
    bad="""
        spec:
          templates:
          - name: main
            resource:
              action: create
              setOwnerReference: true
              manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: other}}"  # finding
        """,
)
def rt_resource_ownerref(workflow: Workflow) -> Iterator[Hit]:
    """
    An object that the workflow owns is in its namespace.

    The reference to the owner is written into the manifest, which must therefore be there as text: with manifestFrom
    the step ends in Error. Certain, so denied. An object in another namespace is deleted by Kubernetes as soon as it
    looks for its owner: a warning, because only the run knows the namespace for certain.
    """
    for node in workflow.graph.having("resource"):
        resource = mapping(node.document.get("resource"))
        if resource.get("setOwnerReference") is not True:
            continue
        if isinstance(resource.get("manifestFrom"), dict):
            yield node.path.join(("resource", "setOwnerReference")), "an owner is set only in a manifest that is text"
        namespace = _namespace(literal(resource.get("manifest")) or "")
        own = mapping(workflow.document.get("metadata")).get("namespace")
        if namespace and namespace != own:
            said = f"the object goes to the namespace {shown(namespace)}, and its owner must be there, too"
            yield node.path.join(("resource", "manifest")), said, Action.WARN


def _namespace(written: str) -> str:
    try:
        found = documents(written) if "namespace" in written else []
    except MalformedText:
        return ""
    return text(mapping(mapping(found[0]).get("metadata")).get("namespace")) if found else ""
