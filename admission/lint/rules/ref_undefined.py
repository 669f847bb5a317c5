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
          entrypoint: mian  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def ref_undefined(workflow: Workflow) -> Iterator[Hit]:
    """
    A template that is named is there.

    entrypoint, onExit, and the template of a step or task name a template of the same object.
    """
    return found(workflow, "ref-undefined")
