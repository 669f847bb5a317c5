"""Live look-ups: what the watch does not know yet is asked for once, within bounds of number and time."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait

from admission.cluster.client import Client, Refused
from admission.cluster.kinds import RESOURCES, path_of
from admission.cluster.reflector import lean
from admission.errors import ClusterError
from admission.model.catalog import MISSING, UNAVAILABLE, Answer, Lookup
from admission.model.document import mapping, text

log = logging.getLogger("admission.cluster")


class Live:
    """Asks the API server itself, all questions of one call within *seconds*; no answer is kept."""

    def __init__(self, client: Client, seconds: float = 2.0, threads: int = 8) -> None:
        self._client, self._seconds = client, seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="look-up")

    def answer(
        self, questions: Collection[Lookup], most: int = 50, deadline: float = float("inf")
    ) -> dict[Lookup, Answer]:
        """
        An answer to each of *questions*: what is not allowed, too much or too late is *unavailable*, never *missing*.

        At most *most* are asked; *deadline* (``time.monotonic``) is when nobody waits any more.
        """
        ends = min(time.monotonic() + self._seconds, deadline)
        asked = sorted(questions, key=lambda lookup: (lookup.kind, lookup.namespace, lookup.name))[:most]
        if len(asked) < len(questions):
            log.warning("%d look-ups for one request are too many: %d are made", len(questions), len(asked))
        work = {self._pool.submit(self._one, lookup, ends): lookup for lookup in asked}
        done, late = wait(work, timeout=max(ends - time.monotonic(), 0))
        for each in late:
            each.cancel()
        answers: dict[Lookup, Answer] = dict.fromkeys(questions, UNAVAILABLE)
        return answers | {work[each]: each.result() for each in done}

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _one(self, lookup: Lookup, ends: float) -> Answer:
        if lookup.kind not in RESOURCES:
            return UNAVAILABLE
        path, left = path_of(lookup), ends - time.monotonic()
        if path is None:
            return MISSING
        if left <= 0:
            return UNAVAILABLE
        try:
            return lean(self._client.get(path, seconds=left), RESOURCES[lookup.kind])
        except Refused as error:
            return MISSING if _is_missing(error, lookup) else UNAVAILABLE
        except ClusterError as error:
            log.warning("look-up of %s %s: %s", lookup.kind, lookup.name, error)
            return UNAVAILABLE


def _is_missing(error: Refused, lookup: Lookup) -> bool:
    """Whether the object is what is not there; a kind that is not there has an answer without its name."""
    details = mapping(error.status.get("details"))
    return error.code == 404 and text(details.get("name")) == lookup.name
