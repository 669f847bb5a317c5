from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templateDefaults: {timeout: 30s}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          templateDefaults:
            timeout: 30s  # finding
          templates:
          - {name: leaf, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf}
        """,
)
def rt_template_defaults(workflow: Workflow) -> Iterator[Hit]:
    """
    What every template gets by default, every template can have.

    Argo refuses a timeout on steps and DAGs, but not where templateDefaults bring it to them: there it has no effect,
    and nothing ends them. Likewise a retry strategy on suspended templates. The workflow runs, so it is a warning.
    """
    defaults, path = mapping(workflow.spec.get("templateDefaults")), workflow.spec_path / "templateDefaults"
    if not defaults:
        return
    types = {node.type: node.name for node in workflow.graph.nodes}
    for name in ("steps", "dag"):
        if defaults.get("timeout") and name in types:
            yield path / "timeout", f"the template {types[name]!r} has {name} on which a timeout has no effect"
    if isinstance(defaults.get("retryStrategy"), dict) and "suspend" in types:
        yield path / "retryStrategy", f"the template {types['suspend']!r} is suspended, not tried again"
