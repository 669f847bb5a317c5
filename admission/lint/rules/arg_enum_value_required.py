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
            - {name: p, valueFrom: {supplied: {}}, enum: [x]}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_enum_value_required(workflow: Workflow) -> Iterator[Hit]:
    """
    An argument with an enum has one of its values.

    Argo compares the value itself, so that valueFrom does not do.
    """
    return found(workflow, "arg-enum-value-required")
