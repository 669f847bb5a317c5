from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          ttlStrategy: {secondsAfterCompletion: 600}
        """,
    bad="""
        spec:
          ttlStrategy:
            secondsAfterCompletion: -1  # finding
        """,
)
def rt_ttl(workflow: Workflow) -> Iterator[Hit]:
    """
    How long a workflow is kept is not negative.

    Below 0 it is deleted as soon as it has ended, results and logs included. It may be meant, so it is a warning.
    """
    for name, value in mapping(workflow.spec.get("ttlStrategy")).items():
        if isinstance(value, int) and value < 0:
            yield workflow.spec_path.join(("ttlStrategy", name)), "the workflow is deleted as soon as it has ended"
