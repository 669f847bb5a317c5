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
          schedules: [0 0 * * 0]
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: [0 0 * * 7]  # finding
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
)
def cron_schedule_syntax(workflow: Workflow) -> Iterator[Hit]:
    """
    A schedule can be read.

    It has five fields, weekdays from 0 to 6, or is a word such as @daily.
    """
    return found(workflow, "cron-schedule-syntax")
