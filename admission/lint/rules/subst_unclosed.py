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
            - - name: a
                template: leaf
                when: "{{workflow.name}} == x"
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - name: a
                template: leaf
                when: "{{workflow.name"  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def subst_unclosed(workflow: Workflow) -> Iterator[Hit]:
    """
    A tag that is opened is closed.

    Argo reads on to the next }}, be it in another field; where there is none to the end of the template it refuses
    it.
    """
    return found(workflow, "subst-unclosed")
