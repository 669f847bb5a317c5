from __future__ import annotations

from collections.abc import Iterator

from admission.argo.callees import Callee
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, inputs, near, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, text
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                arguments: {parameters: [{name: m, value: x}]}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                arguments:
                  parameters:
                  - {name: mm, value: x}  # finding
        """,
)
def rt_unused_argument(workflow: Workflow) -> Iterator[Hit]:
    """
    An argument is an input of the template that gets it.

    Argo hands over what fits and drops the rest without a word, so that a misspelt argument leaves the input with its
    default. The workflow runs, so it is a warning.
    """
    graph = workflow.graph
    for _, call in graph.calls:
        yield from _unused(call.path, call.document, call.callee)
    for hook in graph.hooks:
        yield from _unused(hook.path, hook.document, hook.callee)


def _unused(path: Path, holder: Document, callee: Callee) -> Iterator[Hit]:
    given = holder.get("arguments")
    if callee.document is None or not isinstance(given, dict):
        return
    for what in ("parameters", "artifacts"):
        known = inputs(callee.document, what) if given.get(what) else {}
        for place, argument in entries(path / "arguments" / what, given.get(what)):
            name = text(argument.get("name"))
            if name and name not in known:
                called = text(callee.document.get("name")) or "the inline template"
                yield place, f"{called} has no input {shown(name)}, so this is dropped{near(name, known)}"
