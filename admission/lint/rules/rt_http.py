from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.languages.expr import BUILTINS
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document
from admission.model.finding import Action

#: All that there is for the condition: tags are filled in before, functions are those of the language alone.
ROOTS = frozenset({"request", "response"})
METHODS = frozenset({"", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"})


@rule(
    good="""
        spec:
          templates:
          - {name: main, http: {url: "https://example.com", method: GET, successCondition: response.statusCode == 200}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            http:
              url: ""  # finding
              method: FETCH  # finding
              successCondition: response.statusCode = 200  # finding
        """,
)
def rt_http(workflow: Workflow) -> Iterator[Hit]:
    """
    A request has an address, a method that there is, and one body; its condition can be evaluated.

    Without an address, or where the condition cannot be evaluated, the agent that makes the request ends the step in
    Error: certain, so denied. An unknown method is sent, and of two bodies one is: a warning.
    """
    for node in workflow.graph.having("http"):
        http = node.document.get("http")
        if isinstance(http, dict):
            for field, problem in _problems(http):
                place = node.path.join(("http", field)) if field in http else node.path / "http"
                yield place, problem, Action.WARN if field in ("method", "bodyFrom") else Action.DENY


def _problems(http: Document) -> Iterator[tuple[str, str]]:
    url, method = literal(http.get("url", "")), literal(http.get("method"))
    if url is not None and not url.lower().startswith(("http://", "https://")):
        yield "url", f"{shown(url)} is no address: begin it with http:// or https://"
    if method is not None and method.upper() not in METHODS:
        yield "method", f"{shown(method)} is no method: use GET, POST, PUT or another one of HTTP"
    if http.get("body") and http.get("bodyFrom"):
        yield "bodyFrom", "the request has body and bodyFrom: keep one"
    condition = literal(http.get("successCondition"))
    if condition and (problem := problem_of(condition, ROOTS, "bool", BUILTINS)):
        yield "successCondition", problem
