from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.labels import metadata_problems
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.path import Path


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        spec: {schedules: ["@daily"], workflowMetadata: {labels: {team: web}}}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: ["@daily"]
          workflowMetadata:
            labels:
              team: not a label!  # finding
        """,
)
def rt_cron_metadata(workflow: Workflow) -> Iterator[Hit]:
    """
    The labels that a schedule gives its workflows are ones that Kubernetes takes.

    With others no workflow can be made when a run is due: certain, so denied.
    """
    metadata = mapping(mapping(workflow.document.get("spec")).get("workflowMetadata"))
    if workflow.kind == "CronWorkflow" and metadata:
        yield from metadata_problems(Path(("spec", "workflowMetadata")), metadata)
