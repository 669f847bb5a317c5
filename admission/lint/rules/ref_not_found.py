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
            - - {name: a, templateRef: {name: no-such-object, template: leaf}}  # finding
        """,
)
def ref_not_found(workflow: Workflow) -> Iterator[Hit]:
    """
    The template that a templateRef refers to is there.

    Argo refuses a workflow that refers to a WorkflowTemplate, or to a template in it, that is not there. Whatever
    only waits to be run, such as a template, may be applied first: there it is a warning, and so it is where nobody
    can look.
    """
    return found(workflow, "ref-not-found")
