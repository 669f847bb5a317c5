from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages.durations import MINUTE
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.lint.schedules import schedules
from admission.model.finding import Action


@rule(
    kinds=("CronWorkflow",),
    action=Action.WARN,
    good="""
        kind: CronWorkflow
        spec: {schedules: ["@every 5m"]}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules:
          - "@every 1s"  # finding
        """,
)
def rt_cron_subminute(workflow: Workflow) -> Iterator[Hit]:
    """
    A schedule leaves a minute between two runs.

    Runs are named by the second and started by one controller: shorter intervals flood it, and some of them fail
    because the name is taken. It may be meant, so it is a warning.
    """
    for path, schedule in schedules(workflow):
        if schedule.every is not None and schedule.every < MINUTE:
            yield path, "the runs come faster than every minute"
