from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expressions import ROOTS
from admission.argo.languages import LanguageError, when
from admission.argo.languages.tags import OPEN, Tag, tags
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import text
from admission.model.finding import Action


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, when: "'/a' == '/b'"}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, when: "/a == /b"}  # finding
              - {name: b, template: leaf, when: "{{workflow.name}} = x"}  # finding
        """,
)
def rt_when_syntax(workflow: Workflow) -> Iterator[Hit]:
    """
    The condition of a step can be read.

    Argo reads it only when the step is due, and then the workflow ends in Error: certain, and denied, where no tag is
    in it, else a warning. Words need no quotes, but values with spaces, slashes, dots or hyphens do; so do tags that
    bring such. A tag that nothing gives a value to stays, and cannot be read: a warning.
    """
    for _, call in workflow.graph.calls:
        written = text(call.document.get("when"))
        if written:
            try:
                bare = when.parse(written).bare
            except LanguageError as error:
                message = f"cannot be read, at character {error.offset + 1}: {error}"
                yield call.path / "when", message, Action.WARN if OPEN in written else Action.DENY
                continue
            for tag in tags(written) if bare else ():
                if _stays(tag) and any(start <= tag.start < end for start, end in bare):
                    said = f"{{{{{tag.name[:80]}}}}} stays as it is written, and braces cannot be read here"
                    yield call.path / "when", said, Action.WARN


def _stays(tag: Tag) -> bool:
    """Whether nothing gives the tag a value."""
    root = tag.name.partition(".")[0]
    return not tag.is_expression and OPEN not in root and root not in ROOTS
