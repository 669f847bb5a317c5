from __future__ import annotations

import json
from collections.abc import Iterator

from admission.argo.languages.tags import OPEN
from admission.argo.workflow import Workflow
from admission.lint.reading import entries, placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          synchronization: {mutexes: [{name: a}, {name: b}]}
        """,
    bad="""
        spec:
          synchronization:
            mutexes:
            - {name: a}
            - {name: a}  # finding
        """,
)
def rt_sync_duplicate(workflow: Workflow) -> Iterator[Hit]:
    """
    A lock is asked for once.

    Argo refuses a list that has the same lock twice, when the workflow or step is due: certain, so denied.
    """
    for path, synchronization in placed(workflow.graph, "synchronization"):
        for what in ("mutexes", "semaphores"):
            seen: set[str] = set()
            for place, lock in entries(path / what, mapping(synchronization).get(what)):
                written = json.dumps(lock, sort_keys=True)
                if lock and written in seen and OPEN not in written:
                    yield place, "this lock is already in the list"
                seen.add(written)
