"""What of a finished Workflow and of its Pods must be the same, whether its references were written out or not."""

from __future__ import annotations

import json
from typing import Any

from playing import template_of

from admission.model.document import Document

#: What is another by design (argo-resolution 9.6), or by the time of day.
_OF_NODES = frozenset(
    {
        "templateName",
        "templateRef",
        "templateScope",
        "startedAt",
        "finishedAt",
        "resourcesDuration",
        "estimatedDuration",
        "hostNodeName",
    }
)
_OF_PODS = frozenset(
    ["creationTimestamp", "generateName", "managedFields", "name", "namespace", "resourceVersion", "uid"]
)


def status(workflow: Document, namespace: str) -> Any:
    """The phase, outputs, message and tree of a Workflow."""
    found = workflow.get("status", {})
    nodes = found.get("nodes", {})
    kept = {
        "phase": found.get("phase"),
        "message": found.get("message", ""),
        "outputs": found.get("outputs"),
        "nodes": {name: _node(node) for name, node in nodes.items()},
    }
    return _without_namespace(kept, namespace)


def _node(node: Document) -> Document:
    kept = {key: value for key, value in node.items() if key not in _OF_NODES}
    for field in ("children", "outboundNodes"):
        # Nodes that begin at the same moment come in any order.
        if field in kept:
            kept[field] = sorted(kept[field])
    return kept


def pod(document: Document, namespace: str) -> Any:
    """A Pod, but for its own name: that has the name of its template in it, which a copy may have another of."""
    metadata = {key: value for key, value in document["metadata"].items() if key not in _OF_PODS}
    metadata["ownerReferences"] = [{**each, "uid": ""} for each in metadata.get("ownerReferences", [])]
    # Its metadata is that of the Pod, in which it is put together with that of the Workflow.
    template = {key: value for key, value in template_of(document).items() if key not in ("name", "metadata")}
    # What gives every Pod its token has a name by chance; it comes from the API server.
    spec = json.loads(json.dumps(document["spec"], sort_keys=True))
    for container in (*spec["containers"], *spec.get("initContainers", [])):
        container["env"] = [_env(each) for each in container.get("env", [])]
        mounts = container.get("volumeMounts", [])
        container["volumeMounts"] = [each for each in mounts if not each["name"].startswith("kube-api-access")]
    spec["volumes"] = [each for each in spec.get("volumes", []) if not each["name"].startswith("kube-api-access")]
    return _without_namespace({"metadata": metadata, "spec": spec, "template": template}, namespace)


def _env(entry: Document) -> Document:
    """A variable of a container; the whole template, and names of Pods, are looked at elsewhere."""
    if entry["name"] in ("ARGO_TEMPLATE", "ARGO_POD_NAME", "ARGO_POD_UID", "ARGO_WORKFLOW_UID"):
        return {"name": entry["name"]}
    return entry


def _without_namespace(value: Any, namespace: str) -> Any:
    return json.loads(json.dumps(value).replace(namespace, "<namespace>"))
