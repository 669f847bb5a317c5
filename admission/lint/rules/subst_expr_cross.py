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
            container:
              image: alpine
              args: ["{{=1 + 1}}"]
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            container:
              image: alpine
              args: ["{{=1 + 1"]  # finding
        """,
)
def subst_expr_cross(workflow: Workflow) -> Iterator[Hit]:
    """
    An expression tag is closed in its own text.

    Argo reads on to the next }}, be it in another field, and cannot make an expression of what it finds.
    """
    return found(workflow, "subst-expr-cross")
