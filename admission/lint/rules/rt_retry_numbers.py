from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.durations import duration_problem
from admission.lint.reading import literal, placed, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping

_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, retryStrategy: {limit: 2, backoff: {duration: 24h}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            retryStrategy:
              limit: two  # finding
              backoff:
                duration: 1d  # finding
        """,
)
def rt_retry_numbers(workflow: Workflow) -> Iterator[Hit]:
    """
    The numbers and durations of a retry strategy can be read.

    limit and factor are integers, durations such as 30s or a number of seconds; there are no days. Argo reads them when
    the step runs or fails, and ends it in Error: certain, so denied.
    """
    for path, value in placed(workflow.graph, "retryStrategy"):
        strategy = mapping(value)
        backoff = mapping(strategy.get("backoff"))
        for place, number in (
            (path / "limit", strategy.get("limit")),
            (path / "backoff" / "factor", backoff.get("factor")),
        ):
            written = literal(number)
            if written is not None and not _INTEGER.fullmatch(written):
                yield place, f"{shown(written)} is not an integer"
        for name in ("duration", "maxDuration", "cap"):
            written = literal(backoff.get(name))
            if written and (problem := duration_problem(written, integers=True)):
                yield path / "backoff" / name, problem
