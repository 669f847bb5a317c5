from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import ROOTS
from admission.argo.graph import Node, Use
from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action

#: What is written in place of Argo's names.
MEANT = {"input": "inputs", "output": "outputs", "step": "steps", "task": "tasks", "workflows": "workflow"}


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine, args: ["{{workflow.name}} {{ .Values.other }}"]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container:
              image: alpine
              args:
              - "{{Workflow.name}}"  # finding
              - "{{ =1 + 1}}"  # finding
        """,
)
def rt_unresolved_literal(workflow: Workflow) -> Iterator[Hit]:
    """
    A tag has a name that Argo knows.

    Tags of unknown names are left as they are, because other programs use the same braces: a misspelt one reaches the
    container as it is written. So it is a warning, for names that look like those of Argo.
    """
    for node in workflow.graph.nodes:
        for each in (*node.texts, *(found for call in node.calls for found in call.texts)):
            for use in each.uses:
                if not use.expression and (problem := _problem(workflow, node, use)):
                    yield each.path, f"{{{{{use.name[:80]}}}}} stays as it is written: {problem}"


def _problem(workflow: Workflow, node: Node, use: Use) -> str:
    root = use.parts[0]
    if root.startswith("="):
        return "an expression has its = right after the braces"
    if len(use.parts) > 1 and root not in ROOTS:
        meant = MEANT.get(root.lower(), root.lower())
        return f"did you mean {'.'.join([meant, *use.parts[1:]])[:80]!r}?" if meant in ROOTS else ""
    if root == "outputs" and use.parts[-1] == "path" and use.parts[1] in ("parameters", "artifacts"):
        declared = {output.get("name") for _, output in outputs(node, use.parts[1])}
        return "" if ".".join(use.parts[2:-1]) in declared else "the template has no such output"
    return _of_workflow(workflow, use)


def _of_workflow(workflow: Workflow, use: Use) -> str:
    """What is wrong with names that Argo's validator takes and the run does not have."""
    if use.parts[:2] == ("workflow", "scheduledTime") and workflow.kind == "Workflow":
        return "only workflows that a CronWorkflow starts have a scheduled time"
    if use.parts[:2] == ("workflow", "labels") and workflow.kind.endswith("WorkflowTemplate"):
        name = ".".join(use.parts[2:])
        own = mapping(mapping(workflow.document.get("metadata")).get("labels"))
        copied = mapping(workflow.spec.get("workflowMetadata"))
        if name in own and name not in mapping(copied.get("labels")) and name not in mapping(copied.get("labelsFrom")):
            return "labels of the template itself are not given to workflows, those in workflowMetadata are"
    return ""
