from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good=r"""
        spec:
          entrypoint: main
          arguments: {parameters: [{name: p, value: "a\tb"}]}
          templates:
          - name: main
            container:
              image: "{{workflow.parameters.p}}"
        """,
    bad=r"""
        spec:
          entrypoint: main
          arguments: {parameters: [{name: p, value: "a\u0007b"}]}
          templates:
          - name: main
            container:
              image: "{{workflow.parameters.p}}"  # finding
        """,
)
def subst_json(workflow: Workflow) -> Iterator[Hit]:
    """
    A value can be put into the text of a template.

    Argo substitutes in the JSON text of a template and writes control characters as Go does, which JSON does not
    know.
    """
    return found(workflow, "subst-json")
