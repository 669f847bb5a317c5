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
          timezone: Europe/Berlin
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: ['@daily']
          timezone: Mars/Base  # finding
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
)
def cron_timezone(workflow: Workflow) -> Iterator[Hit]:
    """
    A time zone exists.

    Names are those of the tz database, such as Europe/Berlin, with their capitals.
    """
    return found(workflow, "cron-timezone")
