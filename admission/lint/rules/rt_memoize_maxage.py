from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.durations import duration_problem
from admission.lint.reading import literal, placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, memoize: {key: a, maxAge: 24h, cache: {configMap: {name: c}}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            memoize:
              key: a
              maxAge: 1d  # finding
              cache: {configMap: {name: c}}
        """,
)
def rt_memoize_maxage(workflow: Workflow) -> Iterator[Hit]:
    """
    How long a result is remembered is a duration.

    Argo reads it when it finds a remembered result, and ends the step in Error where it cannot. It needs a unit, and
    there are no days. Certain, so denied.
    """
    for path, memoize in placed(workflow.graph, "memoize"):
        written = literal(mapping(memoize).get("maxAge"))
        if written and (problem := duration_problem(written)):
            yield path / "maxAge", problem
