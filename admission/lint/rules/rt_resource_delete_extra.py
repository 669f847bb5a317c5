from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, resource: {action: delete, flags: [configmap, a]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            resource:
              action: delete
              flags: [configmap, a]
              successCondition: a == b  # finding
        """,
)
def rt_resource_delete_extra(workflow: Workflow) -> Iterator[Hit]:
    """
    Of what is deleted nothing is asked.

    Conditions and output parameters are not supported for it: the step ends in Error. Certain, so denied.
    """
    for node in workflow.graph.having("resource"):
        resource = mapping(node.document.get("resource"))
        if resource.get("action") == "delete":
            for name in ("successCondition", "failureCondition"):
                if resource.get(name):
                    yield node.path.join(("resource", name)), "what is deleted is not waited for: remove the condition"
            if mapping(node.document.get("outputs")).get("parameters"):
                yield node.path / "outputs", "what is deleted has no outputs: remove them"
