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
            - - {name: a, template: leaf, templateRef: {name: tools, template: leaf}}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def ref_both(workflow: Workflow) -> Iterator[Hit]:
    """
    A step or task runs one template.

    template names one of the same object, templateRef one of another: Argo refuses both at once.
    """
    return found(workflow, "ref-both")
