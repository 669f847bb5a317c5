from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          parallelism: 1
        """,
    bad="""
        spec:
          parallelism: 0  # finding
        """,
)
def rt_parallelism_nonpositive(workflow: Workflow) -> Iterator[Hit]:
    """
    parallelism is at least 1.

    With 0 nothing ever starts: certain, so denied.
    """
    for path, value in placed(workflow.graph, "parallelism"):
        if isinstance(value, int) and value < 1 and not isinstance(value, bool):
            yield path, f"nothing starts with parallelism {value}: use 1 or more, or remove it"
