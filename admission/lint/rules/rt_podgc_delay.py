from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.durations import duration_problem
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          podGC: {strategy: OnPodCompletion, deleteDelayDuration: 30s}
        """,
    bad="""
        spec:
          podGC:
            strategy: OnPodCompletion
            deleteDelayDuration: soon  # finding
        """,
)
def rt_podgc_delay(workflow: Workflow) -> Iterator[Hit]:
    """
    The delay before pods are deleted is a duration.

    Another text is a line in the controller's log, and the usual delay is used. The workflow runs, so it is a warning.
    """
    written = literal(mapping(workflow.spec.get("podGC")).get("deleteDelayDuration"))
    if written and (problem := duration_problem(written, integers=True)):
        yield workflow.spec_path.join(("podGC", "deleteDelayDuration")), problem
