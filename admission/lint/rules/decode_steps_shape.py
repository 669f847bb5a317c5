from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import misfitting
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, template: leaf}
              - {name: at-the-same-time, template: leaf}
            - - {name: then, template: leaf}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - {name: a, template: leaf}  # finding
            - {name: b, template: leaf}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def decode_steps_shape(workflow: Workflow) -> Iterator[Hit]:
    """
    Steps are a list of lists.

    The steps of an inner list run at the same time, the inner lists one after the other. Argo cannot read anything
    else, and the workflow fails before it begins.
    """
    return misfitting(workflow, "decode-steps-shape")
