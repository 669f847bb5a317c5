from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.durations import duration_problem
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping

_INTEGER = re.compile(r"\+?[0-9]{1,9}")


@rule(
    good="""
        spec:
          templates:
          - {name: main, containerSet: {retryStrategy: {retries: "2", duration: 9s}, containers: [{name: a, image: x}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            containerSet:
              retryStrategy:
                retries: two  # finding
                duration: 1d  # finding
              containers: [{name: a, image: alpine}]
        """,
)
def rt_containerset_retry(workflow: Workflow) -> Iterator[Hit]:
    """
    The retries of a containerSet are a number, and their pause a duration.

    The container that should be run again reads them, and fails where it cannot: certain, so denied.
    """
    for node in workflow.graph.having("containerSet"):
        strategy = mapping(mapping(node.document.get("containerSet")).get("retryStrategy"))
        path = node.path.join(("containerSet", "retryStrategy"))
        retries, pause = literal(strategy.get("retries")), literal(strategy.get("duration"))
        if retries is not None and not _INTEGER.fullmatch(retries):
            yield path / "retries", f"{shown(retries)} is not a number"
        if pause and (problem := duration_problem(pause)):
            yield path / "duration", problem
