"""What others have found in a workflow, as rules say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admission.argo.variables import Problem, Weight
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit
from admission.model.finding import Action


def found(workflow: Workflow, rule: str) -> Iterator[Hit]:
    """
    What the rule of that id says of *workflow*.

    A workflow would run at once, so that what is missing is denied; whatever only waits to be run may be applied before
    what it refers to, and is warned.
    """
    problems = workflow.analysis.of(rule)
    return _weighed(workflow, problems) if problems else iter(())


def _weighed(workflow: Workflow, problems: Sequence[Problem]) -> Iterator[Hit]:
    waits = workflow.patient and workflow.kind != "Workflow"
    for problem in problems:
        if problem.weight is Weight.UNCHECKED or (waits and problem.weight is Weight.MISSING):
            yield problem.path, problem.message, Action.WARN
        else:
            yield problem.path, problem.message


def misfitting(workflow: Workflow, kind: str) -> Iterator[Hit]:
    """What of that kind does not fit the table of fields."""
    return ((misfit.path, misfit.message) for misfit in workflow.misfits if misfit.kind == kind)
