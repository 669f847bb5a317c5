from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.lint.schedules import schedules


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        spec: {schedules: ["0 0 28 2 *"]}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules:
          - "0 0 31 2 *"  # finding
        """,
)
def rt_cron_impossible(workflow: Workflow) -> Iterator[Hit]:
    """
    A schedule comes due.

    One that fits no date, such as the 31st of February, never runs: certain, so denied.
    """
    for path, schedule in schedules(workflow):
        if not schedule.fires:
            yield path, "no date fits this schedule: it never comes due"
