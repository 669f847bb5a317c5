from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.artifacts import has_location_or_key
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, inputs
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, text


@rule(
    good="""
        spec:
          templates:
          - name: main
            steps:
            - - name: a
                template: notify
                arguments: {parameters: [{name: text, value: x}]}
                hooks:
                  exit: {template: notify}
          - {name: notify, inputs: {parameters: [{name: text}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          hooks:
            exit: {template: notify}  # finding
          templates:
          - {name: notify, inputs: {parameters: [{name: text}]}, container: {image: alpine}}
        """,
)
def rt_hook_input_unsupplied(workflow: Workflow) -> Iterator[Hit]:
    """
    A hook supplies the inputs of its template.

    Argo's validator does not look at hooks. When the hook fires, it ends in Error: certain, so denied. An exit hook
    without arguments hands on those of its step.
    """
    for hook in workflow.graph.hooks:
        template = hook.callee.document
        for what in ("parameters", "artifacts") if template else ():
            given = {text(each.get("name")) for _, each in entries(hook.path, hook.arguments.get(what))}
            for name, declared in inputs(mapping(template), what).items():
                if name not in given and _is_needed(declared, what):
                    yield hook.place, f"give the hook the argument {name!r}, which its template needs"


def _is_needed(declared: Document, what: str) -> bool:
    """Whether the input has no value of its own."""
    if what == "parameters":
        return all(declared.get(name) is None for name in ("default", "value", "valueFrom"))
    return declared.get("optional") is not True and not has_location_or_key(declared)
