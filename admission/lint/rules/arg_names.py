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
            parameters: [{name: a_b, value: x}]
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          arguments:
            parameters: [{name: a.b, value: x}]  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def arg_names(workflow: Workflow) -> Iterator[Hit]:
    """
    Arguments have names, each its own.

    A name has letters, digits, hyphens and underscores. A parameter and an artifact may share one.
    """
    return found(workflow, "arg-names")
