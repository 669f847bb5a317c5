from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.languages import LanguageError, when
from admission.argo.languages.tags import tags
from admission.argo.workflow import Workflow
from admission.lint.reading import shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, text
from admission.model.path import Path

ROOTS = frozenset({"cronworkflow", "sprig"})


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        spec:
          schedules: ["@daily"]
          when: "{{= cronworkflow.lastScheduledTime == nil }}"
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: ["@daily"]
          when: "{{= (}}"  # finding
        """,
)
def rt_cron_when(workflow: Workflow) -> Iterator[Hit]:
    """
    The condition of a schedule can be read.

    The controller reads it whenever a run is due, and then starts none: certain where what is wrong stands outside of
    tags, so denied. Tags of names that a schedule does not know are found here, too.
    """
    written = text(mapping(workflow.document.get("spec")).get("when")) if workflow.kind == "CronWorkflow" else ""
    if written and (problem := _problem(written)):
        yield Path(("spec", "when")), problem


def _problem(written: str) -> str:
    for tag in tags(written):
        if tag.is_expression and (problem := problem_of(tag.expression, ROOTS)):
            return problem
        if not tag.is_expression and not tag.name.startswith("cronworkflow."):
            return f"a schedule has no {shown(tag.name)}: there is cronworkflow.name and the like"
    try:
        value = when.parse(written).value
    except LanguageError as error:
        return f"cannot be read, at character {error.offset + 1}: {error}"
    if value is not when.ANY and not isinstance(value, bool):
        return "does not come to true or false: compare it with something"
    return ""
