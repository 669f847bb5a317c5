from __future__ import annotations

from collections.abc import Iterator

from admission.argo.callees import Hook
from admission.argo.workflow import Workflow
from admission.lint.reading import near
from admission.lint.rule import Hit, rule
from admission.model.document import text
from admission.model.finding import Action


@rule(
    good="""
        spec:
          hooks: {exit: {template: leaf}}
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
        """,
    bad="""
        spec:
          hooks:
            exit: {template: laef}  # finding
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - name: a
                template: leaf
                onExit: zz  # finding
        """,
)
def rt_hook_template_undefined(workflow: Workflow) -> Iterator[Hit]:
    """
    The template of a hook exists.

    Argo's validator does not look at hooks. When the hook fires, the step or the workflow ends in Error: certain, so
    denied. What a template or a schedule refers to may still come, so there it is a warning.
    """
    for hook in workflow.graph.hooks:
        name = hook.document.get("template")
        if hook.callee.missing:
            yield (
                hook.place,
                f"there is no template {hook.wanted}{near(text(name), workflow.graph.by_name)}",
                _weight(workflow, hook),
            )
        elif not name and not hook.document.get("templateRef"):
            yield hook.path, "the hook names no template"


def _weight(workflow: Workflow, hook: Hook) -> Action:
    """Another object that is not there yet can still come before what refers to it runs."""
    refers = isinstance(hook.document.get("templateRef"), dict)
    return Action.WARN if refers and workflow.kind != "Workflow" else Action.DENY
