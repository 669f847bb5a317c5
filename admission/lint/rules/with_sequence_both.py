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
          - {name: main, steps: [[{name: a, template: leaf, withSequence: {count: 2}}]]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, steps: [[{name: a, template: leaf, withSequence: {count: 2, end: 3}}]]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def with_sequence_both(workflow: Workflow) -> Iterator[Hit]:
    """
    A sequence has a count or an end.

    Argo refuses both.
    """
    return found(workflow, "with-sequence-both")
