from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    kinds=("Workflow",),
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        status:  # finding
          storedTemplates: {main: {container: {image: alpine}}}
        """,
)
def rt_status_supplied(workflow: Workflow) -> Iterator[Hit]:
    """
    A workflow is written without a status.

    The status is the controller's. One that comes with the manifest has it skip its checks, take steps for done, or
    crash. Of a workflow that runs the status is right: so it is a warning, and only where templates or a plan of the
    run are in it and nothing says that the controller has begun.
    """
    status = mapping(workflow.document.get("status"))
    plans = any(status.get(name) for name in ("storedTemplates", "storedWorkflowTemplateSpec", "nodes", "phase"))
    if workflow.kind == "Workflow" and plans and not status.get("startedAt"):
        yield Path(("status",)), "remove the status: it is the controller's to write"
