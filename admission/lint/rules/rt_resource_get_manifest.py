from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, resource: {action: get, flags: [configmap, a]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            resource: {action: get}  # finding
        """,
)
def rt_resource_get_manifest(workflow: Workflow) -> Iterator[Hit]:
    """
    What is read or deleted is named.

    Without a manifest and without flags the executor does not know of what: the step ends in Error. Certain, so denied.
    """
    for node in workflow.graph.having("resource"):
        resource = mapping(node.document.get("resource"))
        is_named = any(resource.get(name) for name in ("manifest", "manifestFrom", "flags"))
        if resource.get("action") in ("get", "delete") and not is_named:
            yield node.path / "resource", "say with a manifest or with flags what is meant"
