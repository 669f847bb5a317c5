from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries, placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          synchronization: {mutexes: [{name: a}]}
        """,
    bad="""
        spec:
          synchronization:
            mutexes:
            - {}  # finding
        """,
)
def rt_sync_name(workflow: Workflow) -> Iterator[Hit]:
    """
    A mutex has a name.

    Without one it is shared with every other that has none. It works, so it is a warning.
    """
    for path, synchronization in placed(workflow.graph, "synchronization"):
        for place, mutex in entries(path / "mutexes", mapping(synchronization).get("mutexes")):
            if not mutex.get("name"):
                yield place, "give the mutex a name: without, it is shared with all others that have none"
