from __future__ import annotations

from collections.abc import Iterator

from admission.argo.deprecated import deprecated
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    good="""
        spec:
          synchronization: {mutexes: [{name: a}]}
        """,
    bad="""
        spec:
          synchronization:
            mutex: {name: a}  # finding
        """,
)
def deprecated_field(workflow: Workflow) -> Iterator[Hit]:
    """
    Fields that Argo has deprecated are not used.

    They go with a later release, and the workflow stops being accepted, or the field being looked at, on that day.
    Until then it works, and after that another rule refuses the field: so it is a warning.
    """
    for field in deprecated():
        for path, document in _starts(workflow, field.begin, field.steps[0]):
            if field.steps[0] in document and Path(field.steps).get(document) is not None:
                removed = f", removed in {field.removed}" if field.removed else ""
                yield path.join(field.steps), f"deprecated since {field.since}{removed}: use {field.instead}"


def _starts(workflow: Workflow, begin: str, first: str) -> Iterator[tuple[Path, Document]]:
    """The places where a field of the table is looked for, whose way begins with *first*."""
    if begin == "spec":
        yield workflow.spec_path, workflow.spec
    elif begin == "cron" and workflow.kind == "CronWorkflow":
        yield Path(("spec",)), mapping(workflow.document.get("spec"))
    elif begin == "template":
        yield from ((node.path, node.document) for node in workflow.graph.having(first))
    elif begin == "call":
        yield from ((call.path, call.document) for _, call in workflow.graph.calls)
