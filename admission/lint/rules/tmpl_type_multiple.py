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
          - {name: main, container: {image: alpine}, suspend: {}}  # finding
        """,
)
def tmpl_type_multiple(workflow: Workflow) -> Iterator[Hit]:
    """
    A template is one thing.

    Argo refuses a template with more than one type.
    """
    return found(workflow, "tmpl-type-multiple")
