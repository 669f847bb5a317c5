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
          workflowTemplateRef: {name: no-such-template}  # finding
        """,
)
def wftref_not_found(workflow: Workflow) -> Iterator[Hit]:
    """
    The template that a workflow runs is there.

    Without it Argo cannot start the workflow. A CronWorkflow only waits to be run: there it is a warning.
    """
    return found(workflow, "wftref-not-found")
