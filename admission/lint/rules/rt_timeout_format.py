from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.durations import duration_problem
from admission.lint.reading import literal, placed
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, timeout: 24h}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            timeout: 1d  # finding
        """,
)
def rt_timeout_format(workflow: Workflow) -> Iterator[Hit]:
    """
    A timeout is a duration.

    Argo reads it when the step starts, and ends it in Error where it cannot; there are no days. Certain, so denied.
    """
    for field in ("timeout", "pendingTimeout"):
        for path, value in placed(workflow.graph, field):
            written = literal(value)
            if written and path[:-1] != workflow.spec_path and (problem := duration_problem(written, integers=True)):
                yield path, problem
