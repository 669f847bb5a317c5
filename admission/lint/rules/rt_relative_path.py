from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.artifacts import artifacts_of_node
from admission.lint.reading import outputs, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, text
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    mentions=('"path"',),
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, outputs: {parameters: [{name: o, valueFrom: {path: /tmp/o}}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            outputs:
              parameters:
              - {name: o, valueFrom: {path: o.txt}}  # finding
        """,
)
def rt_relative_path(workflow: Workflow) -> Iterator[Hit]:
    """
    Paths in containers are absolute.

    A relative one depends on the working directory of whoever reads it: outputs are then collected from another
    directory than the program wrote to, or not at all. It may fit, so it is a warning.
    """
    for node in workflow.graph.having("inputs", "outputs"):
        for path, artifact in artifacts_of_node(node):
            written = text(artifact.get("path"))
            if written and written[0] not in "/{":
                yield path / "path", f"{shown(written)} is relative: begin it with /"
        for path, parameter in outputs(node, "parameters"):
            written = text(mapping(parameter.get("valueFrom")).get("path"))
            if written and written[0] not in "/{":
                yield path, f"{shown(written)} is relative: begin it with /"
