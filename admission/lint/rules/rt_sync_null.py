from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path


@rule(
    mentions=('"semaphores"', '"workflowTemplateRef"'),
    good="""
        spec:
          synchronization: {semaphores: [{configMapKeyRef: {name: locks, key: build}}]}
        """,
    bad="""
        spec:
          synchronization:
            semaphores:
            - null  # finding
            - configMapKeyRef: {name: locks, key: build}
        """,
)
def rt_sync_null(workflow: Workflow) -> Iterator[Hit]:
    """
    No semaphore is null.

    Argo's controller looks at the semaphores of a workflow and of all its templates as soon as it hears of it, and ends
    itself over one that is null; started again it does the same, and no workflow of the cluster goes on (4.0 and 4.1).
    Certain, so denied.
    """
    for path in _nulls(workflow.spec, workflow.spec_path):
        yield path, f"remove this: {_HARM}"
    reference = mapping(workflow.spec.get("workflowTemplateRef"))
    if reference and any(_nulls(mapping(workflow.graph.behind(reference).get("spec")), Path())):
        message = f"a semaphore is null in {text(reference.get('name'))!r}, which this refers to: {_HARM}"
        yield workflow.spec_path / "workflowTemplateRef", message


_HARM = "Argo's controller ends itself over a semaphore that is null, for all workflows"


def _nulls(spec: Document, path: Path) -> Iterator[Path]:
    """The places of semaphores that are null: of a spec, and of the templates that it lists."""
    templates = ((path / "templates" / index, each) for index, each in enumerate(sequence(spec.get("templates"))))
    for place, holder in ((path, spec), *templates):
        semaphores = sequence(mapping(mapping(holder).get("synchronization")).get("semaphores"))
        for index, semaphore in enumerate(semaphores):
            if semaphore is None:
                yield place.join(("synchronization", "semaphores", index))
