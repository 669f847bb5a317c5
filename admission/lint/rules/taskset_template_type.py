from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.base import type_of
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.path import Path


@rule(
    kinds=("WorkflowTaskSet",),
    good="""
        kind: WorkflowTaskSet
        spec: {tasks: {build-1: {name: call, http: {url: "https://example.com"}}}}
        """,
    bad="""
        kind: WorkflowTaskSet
        spec:
          tasks:
            build-1:  # finding
              {name: run, container: {image: alpine}}
        """,
)
def taskset_template_type(workflow: Workflow) -> Iterator[Hit]:
    """
    The tasks of a task set are for an agent.

    It runs http and plugin templates, and no others: they stay pending for ever. Certain, so denied.
    """
    tasks = mapping(mapping(workflow.document.get("spec")).get("tasks")) if workflow.kind == "WorkflowTaskSet" else {}
    for node, template in tasks.items():
        kind = type_of(mapping(template))
        if kind not in ("http", "plugin"):
            yield (
                Path(("spec", "tasks", node)),
                f"an agent runs http and plugin templates, not {kind or 'what has no type'}",
            )
