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
          - {name: main, steps: [[{name: a, template: leaf}]]}
          - {name: leaf, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, activeDeadlineSeconds: 5, steps: [[{name: a, template: leaf}]]}  # finding
          - {name: leaf, container: {image: alpine}}
        """,
)
def ads_nonleaf(workflow: Workflow) -> Iterator[Hit]:
    """
    Only templates that run something have activeDeadlineSeconds.

    Steps and DAGs have none.
    """
    return found(workflow, "ads-nonleaf")
