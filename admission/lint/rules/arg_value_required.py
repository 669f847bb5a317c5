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
            - {name: p, value: x}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          arguments:
            parameters:
            - {name: p, default: x}  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_value_required(workflow: Workflow) -> Iterator[Hit]:
    """
    An argument has a value.

    It is a value, or valueFrom: a default does not count. The arguments of a template may lack it until it is run.
    """
    return found(workflow, "arg-value-required")
