from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from admission.argo.languages.tags import OPEN
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, sequence, text
from admission.model.finding import Action

_ITEM = re.compile(r"\{\{\s*item(?:\.([-\w]+))?\s*\}\}")


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            steps:
            - - name: a
                templateRef: {name: "{{item}}", template: main}  # finding
                withItems: [no-such-workflow-template]
        """,
)
def rt_dynamic_template_missing(workflow: Workflow) -> Iterator[Hit]:
    """
    The templates that a loop calls by name exist.

    A templateRef that names its template by the item of a loop leads to what its items say. One that is not there ends
    the step in Error; it can still come, so it is a warning.
    """
    for _, call in workflow.graph.calls:
        reference, items = mapping(call.document.get("templateRef")), sequence(call.document.get("withItems"))
        if reference and items and "{{item" in f"{reference.get('name')}{reference.get('template')}":
            for item in items:
                wanted = {**reference, **{key: _filled(text(reference.get(key)), item) for key in ("name", "template")}}
                if workflow.graph.callee({"templateRef": wanted}).missing:
                    yield (
                        call.path / "templateRef",
                        f"there is no template {wanted['template']!r} in {wanted['name']!r}",
                    )


def _filled(written: str, item: Any) -> str:
    """*written* with the item, or its keys, put in."""
    return _ITEM.sub(lambda match: literal(mapping(item).get(match[1]) if match[1] else item) or OPEN, written)
