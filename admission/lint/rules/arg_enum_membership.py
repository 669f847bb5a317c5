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
            - {name: p, value: z, enum: [x]}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_enum_membership(workflow: Workflow) -> Iterator[Hit]:
    """
    An argument's value is in its enum.

    Argo compares the texts as they are written, tags and all.
    """
    return found(workflow, "arg-enum-membership")
