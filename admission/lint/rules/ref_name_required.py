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
            - - {name: a, templateRef: {name: "{{item}}", template: leaf}, withItems: [tools]}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, templateRef: {template: leaf}}  # finding
        """,
)
def ref_name_required(workflow: Workflow) -> Iterator[Hit]:
    """
    A templateRef names the object that has the template.

    Without a name there is nothing to look in.
    """
    return found(workflow, "ref-name-required")
