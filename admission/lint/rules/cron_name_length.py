from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        metadata: {name: hello}
        spec:
          schedules: ['@daily']
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
    bad="""
        kind: CronWorkflow
        metadata: {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}  # finding
        spec:
          schedules: ['@daily']
          workflowSpec:
            entrypoint: main
            templates:
            - {name: main, container: {image: alpine}}
        """,
)
def cron_name_length(workflow: Workflow) -> Iterator[Hit]:
    """
    The name of a CronWorkflow has at most 52 characters.

    Argo appends the time to it and makes labels of the result.
    """
    return found(workflow, "cron-name-length")
