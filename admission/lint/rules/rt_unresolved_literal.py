from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import ROOTS
from admission.argo.graph import Node
from admission.argo.variable_uses import Use
from admission.argo.workflow import Workflow
from admission.lint.reading import near, outputs
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action
from admission.model.path import Path

#: What is written in place of Argo's names.
MEANT = {"input": "inputs", "output": "outputs", "step": "steps", "task": "tasks", "workflows": "workflow"}


@rule(
    action=Action.WARN,
    mentions=("{{",),
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
        # Most tags are for inputs, at which Argo's validator itself looks.
        if not node.calls and not node.has_other_tags:
            continue
        for each in (*node.texts, *(found for call in node.calls for found in call.texts)):
            for use in each.uses if each.text.count("{{") > each.text.count("{{inputs.") else ():
                if not use.expression and (problem := _problem(workflow, node, use, each.path)):
                    yield each.path, f"{{{{{use.name[:80]}}}}} stays as it is written: {problem}"


def _problem(workflow: Workflow, node: Node, use: Use, path: Path) -> str:
    root = use.parts[0]
    if root.startswith("="):
        return "an expression has its = right after the braces"
    if len(use.parts) > 1 and root not in ROOTS:
        meant = MEANT.get(root.lower(), root.lower())
        return f"did you mean {'.'.join([meant, *use.parts[1:]])[:80]!r}?" if meant in ROOTS else ""
    if root == "outputs" and len(use.parts) > 1 and not use.open:
        return _of_outputs(node, use, path)
    if node.calls and root in ("steps", "tasks") and len(use.parts) > 2 and not use.open:
        # Of names that begin with "name" Argo's validator says nothing.
        known = use.parts[1] in node.by_name or "(" in use.parts[1] or not use.parts[1].startswith("name")
        return "" if known else f"there is no such {root[:-1]}{near(use.parts[1], node.by_name)}"
    return _of_workflow(workflow, use)


def _of_outputs(node: Node, use: Use, path: Path) -> str:
    """What is wrong with a name of the template's own outputs, all of which Argo's validator takes."""
    if use.parts[-1] == "path" and use.parts[1] in ("parameters", "artifacts"):
        declared = {output.get("name") for _, output in outputs(node, use.parts[1])}
        return "" if ".".join(use.parts[2:-1]) in declared else "the template has no such output"
    # What comes out is known when it has ended: to its metrics, and to nothing that begins before.
    after = path.after(node.path)[:1] in (("metrics",), ("outputs",))
    return "" if after or node.calls else "what a template puts out is not known while it runs"


#: Names that Argo's validator takes with whatever follows.
_BEGUN = ("creationTimestamp", "scheduledTime", "duration")


def _of_workflow(workflow: Workflow, use: Use) -> str:
    """What is wrong with names that Argo's validator takes and the run does not have."""
    if use.parts[0] == "workflow" and len(use.parts) > 1 and use.parts[1] not in _BEGUN and not use.open:
        meant = next((name for name in _BEGUN if use.parts[1].startswith(name)), "")
        if meant:
            return f"did you mean 'workflow.{meant}'?"
    if use.parts[:2] == ("workflow", "scheduledTime") and workflow.kind == "Workflow":
        return "only workflows that a CronWorkflow starts have a scheduled time"
    if use.parts[:2] == ("workflow", "labels") and workflow.kind.endswith("WorkflowTemplate"):
        name = ".".join(use.parts[2:])
        own = mapping(mapping(workflow.document.get("metadata")).get("labels"))
        copied = mapping(workflow.spec.get("workflowMetadata"))
        if name in own and name not in mapping(copied.get("labels")) and name not in mapping(copied.get("labelsFrom")):
            return "labels of the template itself are not given to workflows, those in workflowMetadata are"
    return ""
