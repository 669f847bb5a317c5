from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.languages.expr import BUILTINS
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.path import Path

#: Functions of Argo's own, or of sprig, are not there.
ROOTS = frozenset({"cronworkflow"})


@rule(
    kinds=("CronWorkflow",),
    good="""
        kind: CronWorkflow
        spec: {schedules: ["@daily"], stopStrategy: {expression: cronworkflow.failed >= 3}}
        """,
    bad="""
        kind: CronWorkflow
        spec:
          schedules: ["@daily"]
          stopStrategy:
            expression: failed >  # finding
        """,
)
def rt_cron_stop(workflow: Workflow) -> Iterator[Hit]:
    """
    The expression that ends a schedule can be evaluated, and says yes or no.

    The controller evaluates it after every run, and notes an error on the schedule where it cannot: it is never
    stopped. Certain, so denied.
    """
    strategy = mapping(mapping(workflow.document.get("spec")).get("stopStrategy"))
    written = literal(strategy.get("expression")) if workflow.kind == "CronWorkflow" else None
    if written and (problem := problem_of(written, ROOTS, "bool", BUILTINS)):
        yield Path(("spec", "stopStrategy", "expression")), problem
