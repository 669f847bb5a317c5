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
          workflowTemplateRef: {name: no-such-template}
          templates:  # finding
          - {name: main, container: {image: alpine}}
        """,
)
def wftref_templates_forbidden(workflow: Workflow) -> Iterator[Hit]:
    """
    A workflow that runs another's templates has none of its own.

    With workflowTemplateRef Argo refuses templates in the spec itself.
    """
    return found(workflow, "wftref-templates-forbidden")
