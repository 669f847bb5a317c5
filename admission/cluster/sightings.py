"""Who of the controller's users has been seen at work: noted on the Lease, so that it is seen once for all replicas."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection

from admission.model.document import Document, sequence, text

#: The annotation of the Lease: the user names that were seen, as a JSON list.
SEEN = "argo-admission.io/controller-seen"


class Sightings:
    """
    Which of the controller's *users* have been seen to update a Workflow, by this replica or another.

    Until one of them has been, nobody knows whether they are named rightly (interfaces.md 5). A name stays noted when
    the configuration names others: what was seen under it was true, and says nothing of those.
    """

    def __init__(self, users: Collection[str] = ()) -> None:
        self._users = frozenset(users)
        self._seen: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    @property
    def any(self) -> bool:
        """Whether one of the configured users has been seen."""
        return not self._users.isdisjoint(self._seen)

    def saw(self, user: str) -> None:
        """An UPDATE of a Workflow by *user* has come."""
        with self._lock:
            self._seen |= {user}

    def noted(self, annotations: Document) -> Document:
        """*annotations* of the Lease with all that were seen; who is named there counts as seen here, too."""
        before = seen_in(annotations)
        with self._lock:
            self._seen |= before
            seen = self._seen
        return annotations if seen == before else {**annotations, SEEN: json.dumps(sorted(seen))}


def seen_in(annotations: Document) -> frozenset[str]:
    """The users that are noted in the *annotations* of a Lease; none where the note cannot be read."""
    try:
        return frozenset(map(text, sequence(json.loads(text(annotations.get(SEEN)))))) - {""}
    except ValueError:
        return frozenset()
