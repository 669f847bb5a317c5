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
          entrypoint: main
          templates:
          - {name: main}  # finding
        """,
)
def tmpl_type_unknown(workflow: Workflow) -> Iterator[Hit]:
    """
    A template says what it is.

    It has one of container, containerSet, steps, script, resource, dag, data, suspend, http and plugin.
    """
    return found(workflow, "tmpl-type-unknown")
