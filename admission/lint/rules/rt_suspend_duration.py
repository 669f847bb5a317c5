from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.durations import duration_problem
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, suspend: {duration: "20"}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            suspend:
              duration: soon  # finding
        """,
)
def rt_suspend_duration(workflow: Workflow) -> Iterator[Hit]:
    """
    The duration of a suspended template is one.

    Argo reads it when the step is reached, and ends it in Error where it cannot; there are no days. Certain, so denied.
    """
    for node in workflow.graph.having("suspend"):
        written = literal(mapping(node.document.get("suspend")).get("duration"))
        if written and (problem := duration_problem(written, integers=True)):
            yield node.path.join(("suspend", "duration")), problem
