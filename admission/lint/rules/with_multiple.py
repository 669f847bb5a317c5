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
          - {name: main, steps: [[{name: a, template: leaf, withItems: [1]}]]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, steps: [[{name: a, template: leaf, withItems: [1], withParam: '[1]'}]]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def with_multiple(workflow: Workflow) -> Iterator[Hit]:
    """
    A step or task has one loop.

    Argo refuses more than one of withItems, withParam and withSequence.
    """
    return found(workflow, "with-multiple")
