from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, depends
from admission.argo.languages.depends import is_strange
from admission.argo.waits import words_of
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: a, template: leaf}
              - {name: b, template: leaf, depends: a.Succeeded || a.Skipped}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            dag:
              tasks:
              - {name: a, template: leaf}
              - {name: b, template: leaf, depends: (a &&}  # finding
        """,
)
def rt_depends_syntax(workflow: Workflow) -> Iterator[Hit]:
    """
    depends is a condition over tasks.

    The controller evaluates it as a boolean expression; Argo's validator only picks the names out of it. What cannot be
    evaluated ends the task in Error: certain, so denied.
    """
    for node, call in workflow.graph.calls:
        written = literal(call.document.get("depends")) if node.is_dag else None
        if written and not any(is_strange(word) for word in words_of(written)):
            try:
                depends.parse(written)
            except LanguageError as error:
                yield call.path / "depends", f"cannot be evaluated, at character {error.offset + 1}: {error}"
