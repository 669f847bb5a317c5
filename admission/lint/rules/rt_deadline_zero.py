from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          activeDeadlineSeconds: 600
        """,
    bad="""
        spec:
          activeDeadlineSeconds: 0  # finding
        """,
)
def rt_deadline_zero(workflow: Workflow) -> Iterator[Hit]:
    """
    activeDeadlineSeconds of a workflow is more than 0.

    With 0 the workflow is ended as soon as it starts: certain, so denied. (Setting 0 on a running workflow is how it is
    stopped, and is not looked at here.)
    """
    value = workflow.spec.get("activeDeadlineSeconds")
    if isinstance(value, int) and value <= 0 and not isinstance(value, bool):
        yield workflow.spec_path / "activeDeadlineSeconds", "the workflow would end at once: use a positive number"
