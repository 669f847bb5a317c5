from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries, placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          synchronization: {semaphores: [{configMapKeyRef: {name: locks, key: build}}]}
        """,
    bad="""
        spec:
          synchronization:
            semaphores:
            - {}  # finding
        """,
)
def rt_sync_source(workflow: Workflow) -> Iterator[Hit]:
    """
    A semaphore has one source.

    Argo reads its size from a ConfigMap or from a database. With both or neither the workflow fails when it asks for
    the lock: certain, so denied.
    """
    for path, synchronization in placed(workflow.graph, "synchronization"):
        for place, semaphore in entries(path / "semaphores", mapping(synchronization).get("semaphores")):
            sources = [name for name in ("configMapKeyRef", "database") if isinstance(semaphore.get(name), dict)]
            if len(sources) != 1:
                yield place, "give the semaphore configMapKeyRef or database, one of them"
