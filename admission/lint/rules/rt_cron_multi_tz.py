from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.lint.schedules import schedules
from admission.model.document import mapping


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        spec: {schedules: ["0 0 * * *"], timezone: Europe/Paris}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules:
          - "TZ=UTC 0 0 * * *"  # finding
          timezone: Europe/Paris
        """,
)
def rt_cron_multi_tz(workflow: Workflow) -> Iterator[Hit]:
    """
    The time zone of a schedule is said once.

    timezone is written before the schedule, so that one with its own TZ= or CRON_TZ= cannot be read, and never runs:
    certain, so denied.
    """
    for path, schedule in schedules(workflow):
        if schedule.zone is not None and mapping(workflow.document.get("spec")).get("timezone"):
            yield path, "the schedule has a time zone of its own, and timezone is set, too: remove one"
