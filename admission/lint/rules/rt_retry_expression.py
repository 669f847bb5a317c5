from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import problem_of
from admission.argo.languages import expr
from admission.argo.languages.expr_nodes import Binary, Literal, Node, children
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action

#: All that there is: what the template itself knows is not.
ROOTS = frozenset({"lastRetry", "retries", "sprig"})
#: Those of them that are texts.
TEXTS = ("retries", "lastRetry.exitCode", "lastRetry.duration", "lastRetry.status", "lastRetry.message")


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: x}, retryStrategy: {limit: 2, expression: asInt(lastRetry.exitCode) > 1}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            retryStrategy:
              limit: 2
              expression: lastRetry.exitCode == 1  # finding
          - name: other
            container: {image: alpine}
            retryStrategy:
              limit: 2
              expression: lastRetry.exitCode ==  # finding
        """,
)
def rt_retry_expression(workflow: Workflow) -> Iterator[Hit]:
    """
    The expression of a retry strategy can be evaluated, and says yes or no.

    Argo evaluates it when the step has failed, and ends it in Error where it cannot: certain, so denied. The exit code
    is a text: compared with a number it is never equal, which is a warning.
    """
    for path, strategy in placed(workflow.graph, "retryStrategy"):
        written = literal(mapping(strategy).get("expression"))
        if not written:
            continue
        if problem := problem_of(written, ROOTS, "bool"):
            yield path / "expression", problem
        elif _compares_text_with_number(written):
            said = "a text is compared with a number: write asInt(lastRetry.exitCode)"
            yield path / "expression", said, Action.WARN


def _compares_text_with_number(written: str) -> bool:
    todo: list[Node] = [expr.parse(written).root]
    while todo:
        node = todo.pop()
        if isinstance(node, Binary) and node.operator in ("==", "!=", "<", ">", "<=", ">="):
            sides = (node.left, node.right)
            if any(map(_is_number, sides)) and any(written[side.start : side.end] in TEXTS for side in sides):
                return True
        todo.extend(children(node))
    return False


def _is_number(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
