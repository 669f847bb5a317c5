from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, sequence
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    kinds=("CronWorkflow",),
    action=Action.WARN,
    good="""
        kind: CronWorkflow
        spec: {schedules: ["@daily", "@weekly"]}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules:
          - "@daily"
          - "@daily"  # finding
        """,
)
def rt_cron_duplicate(workflow: Workflow) -> Iterator[Hit]:
    """
    A schedule is written once.

    Of two equal ones the second starts a run whose name is taken. That is ignored, so it is a warning.
    """
    written = (
        sequence(mapping(workflow.document.get("spec")).get("schedules")) if workflow.kind == "CronWorkflow" else []
    )
    for index, schedule in enumerate(written):
        if schedule in written[:index]:
            yield Path(("spec", "schedules", index)), "this schedule is already in the list"
