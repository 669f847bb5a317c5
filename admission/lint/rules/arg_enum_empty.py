from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          arguments:
            parameters:
            - {name: p, value: x, enum: [x]}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          arguments:
            parameters:
            - {name: p, value: x, enum: []}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_enum_empty(workflow: Workflow) -> Iterator[Hit]:
    """
    An argument's enum lists values.

    An empty list allows none.
    """
    return found(workflow, "arg-enum-empty")
