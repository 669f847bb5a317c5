from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.config_maps import config_map, problem_of_key
from admission.lint.reading import entries, placed, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, text
from admission.model.finding import Action

_INTEGER = re.compile(r"[+-]?[0-9]+")


@rule(
    action=Action.WARN,
    good="""
        spec:
          synchronization: {semaphores: [{configMapKeyRef: {name: locks, key: build}}]}
        ---
        kind: ConfigMap
        metadata: {name: locks}
        data: {build: "2"}
        """,
    bad="""
        spec:
          synchronization:
            semaphores:
            - configMapKeyRef: {name: locks, key: biuld}  # finding
            - configMapKeyRef: {name: locks, key: many}  # finding
        ---
        kind: ConfigMap
        metadata: {name: locks}
        data: {build: "2", many: a lot}
        """,
)
def rt_sync_configmap(workflow: Workflow) -> Iterator[Hit]:
    """
    The size of a semaphore is a number in its ConfigMap.

    Without it the workflow, or the step, waits or ends in Error when it asks for the lock. The ConfigMap may still be
    changed before that, so it is a warning. One that is not there is told where the cluster can be asked.
    """
    for path, synchronization in placed(workflow.graph, "synchronization"):
        for place, semaphore in entries(path / "semaphores", mapping(synchronization).get("semaphores")):
            reference = mapping(semaphore.get("configMapKeyRef"))
            found = config_map(workflow, reference.get("name"), semaphore.get("namespace"))
            problem = found if isinstance(found, str) else _problem(found, reference)
            if problem:
                yield place / "configMapKeyRef", problem


def _problem(found: Document, reference: Document) -> str:
    key = reference.get("key")
    size = text(mapping(found.get("data")).get(key)) if isinstance(key, str) else ""
    if size and not _INTEGER.fullmatch(size):
        return f"{shown(size)} is no size of a semaphore: write a whole number"
    return problem_of_key(found, key)
