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
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main_x, container: {image: alpine}}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def tmpl_name(workflow: Workflow) -> Iterator[Hit]:
    """
    Templates have names, each its own.

    A name has letters, digits and hyphens, at most 128, and begins with a letter or digit.
    """
    return found(workflow, "tmpl-name")
