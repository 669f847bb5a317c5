from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, template: leaf}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a}  # finding
        """,
)
def ref_none(workflow: Workflow) -> Iterator[Hit]:
    """
    A step or task says what it runs.

    It names a template, a templateRef, or brings an inline template.
    """
    return found(workflow, "ref-none")
