from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        spec:
          schedules: ['@daily']
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: CronWorkflow
        spec:  # finding
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
)
def cron_schedule_required(workflow: Workflow) -> Iterator[Hit]:
    """
    A CronWorkflow says when it runs.

    It has at least one schedule.
    """
    return found(workflow, "cron-schedule-required")
