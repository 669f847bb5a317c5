from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.lint.texts import MalformedText, documents
from admission.model.document import Document, mapping, text
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
    the step ends in Error. Certain, so denied. An object in another namespace, or in none, is deleted by Kubernetes as
    soon as it looks for its owner: a warning, because only the run knows the namespace for certain.
    """
    for node in workflow.graph.having("resource"):
        resource = mapping(node.document.get("resource"))
        if resource.get("setOwnerReference") is not True:
            continue
        if isinstance(resource.get("manifestFrom"), dict):
            yield node.path.join(("resource", "setOwnerReference")), "an owner is set only in a manifest that is text"
        made = _object(literal(resource.get("manifest")) or "")
        namespace = text(mapping(made.get("metadata")).get("namespace"))
        own, said = mapping(workflow.document.get("metadata")).get("namespace"), ""
        if text(made.get("kind")) in OF_CLUSTER:
            said = f"a {made['kind']} is in no namespace, and cannot be owned by what is in one"
        elif namespace and namespace != own:
            said = f"the object goes to the namespace {shown(namespace)}, and its owner must be there, too"
        if said:
            yield node.path.join(("resource", "manifest")), said, Action.WARN


#: Kinds of Kubernetes and Argo that have no namespace.
OF_CLUSTER = frozenset(
    {"Namespace", "Node", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding", "PriorityClass"}
    | {"CustomResourceDefinition", "ClusterWorkflowTemplate", "IngressClass", "RuntimeClass", "APIService"}
    | {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}
)


def _object(written: str) -> Document:
    try:
        found = documents(written)
    except MalformedText:
        return {}
    return mapping(found[0]) if found else {}
