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
          concurrencyPolicy: Forbid
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: ['@daily']
          concurrencyPolicy: Queue  # finding
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
)
def cron_concurrency(workflow: Workflow) -> Iterator[Hit]:
    """
    A CronWorkflow has a concurrency policy that exists.

    Argo knows Allow, Forbid and Replace.
    """
    return found(workflow, "cron-concurrency")
