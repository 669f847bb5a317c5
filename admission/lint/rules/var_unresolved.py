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
            inputs: {parameters: [{name: message, value: hello}]}
            container:
              image: alpine
              args: ["{{inputs.parameters.message}}"]
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            inputs: {parameters: [{name: message, value: hello}]}
            container:
              image: alpine
              args: ["{{inputs.parameters.mesage}}"]  # finding
        """,
)
def var_unresolved(workflow: Workflow) -> Iterator[Hit]:
    """
    A variable has a value where it is used.

    Argo looks up every name that begins with inputs., outputs., steps., tasks., item., pod. or workflow. and
    refuses the object where it is not known at that place: a typo, a step that comes later, an output that nobody
    declares.
    """
    return found(workflow, "var-unresolved")
