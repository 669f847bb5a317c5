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
          - {name: main, steps: [[{name: a, template: leaf}]]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, steps: [[{name: a_b, template: leaf}]]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def step_name(workflow: Workflow) -> Iterator[Hit]:
    """
    Steps have names, each its own in the whole template.

    A name has letters, digits and hyphens, at most 128, and begins with a letter or digit.
    """
    return found(workflow, "step-name")
