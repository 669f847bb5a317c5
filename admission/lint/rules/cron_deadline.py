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
          startingDeadlineSeconds: 10
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: ['@daily']
          startingDeadlineSeconds: -1  # finding
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
)
def cron_deadline(workflow: Workflow) -> Iterator[Hit]:
    """
    startingDeadlineSeconds is not negative.

    Argo refuses a deadline before the start.
    """
    return found(workflow, "cron-deadline")
