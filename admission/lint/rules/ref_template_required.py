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
            - - {name: a, templateRef: {name: tools}}  # finding
        """,
)
def ref_template_required(workflow: Workflow) -> Iterator[Hit]:
    """
    A templateRef names the template of the object.

    An object has many templates, and no first one.
    """
    return found(workflow, "ref-template-required")
