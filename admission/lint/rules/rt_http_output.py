from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import outputs
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, http: {url: "https://example.com"}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            http: {url: "https://example.com"}
            outputs:
              parameters:
              - {name: q, valueFrom: {path: /q}}  # finding
        """,
)
def rt_http_output(workflow: Workflow) -> Iterator[Hit]:
    """
    A request gives its result and no other output.

    The agent that makes the request fills in outputs.result. Parameters that are declared beside it never get a value,
    and who uses them waits. Nobody may use them, so it is a warning.
    """
    for node in workflow.graph.having("http"):
        for path, parameter in outputs(node, "parameters") if node.type == "http" else ():
            if parameter.get("value") is None:
                yield path, "a request fills in outputs.result only: use that"
