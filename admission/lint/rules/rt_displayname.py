from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping

ANNOTATION = "workflows.argoproj.io/display-name"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.-]{0,61}[a-zA-Z0-9]")


@rule(
    good="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            metadata: {annotations: {workflows.argoproj.io/display-name: Build-1.2}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            metadata:
              annotations:
                workflows.argoproj.io/display-name: Build and test  # finding
        """,
)
def rt_displayname(workflow: Workflow) -> Iterator[Hit]:
    """
    The display name of a step is one that Argo takes.

    It ends the step in Error otherwise: certain where no tag is in it, so denied.
    """
    for node in workflow.graph.having("metadata"):
        annotations = mapping(mapping(node.document.get("metadata")).get("annotations"))
        written = literal(annotations.get(ANNOTATION))
        if written and not _NAME.fullmatch(written):
            said = f"{shown(written)}: use 2 to 63 letters, digits, '-' and '.', first and last a letter or digit"
            yield node.path.join(("metadata", "annotations", ANNOTATION)), said
