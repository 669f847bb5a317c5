"""Live look-ups: what the watch does not know yet is asked for once, within bounds of number and time."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait

from admission.cluster.access import Kept, asked, discovered
from admission.cluster.client import Client, Refused
from admission.cluster.kinds import RESOURCES, path_of
from admission.cluster.reflector import lean
from admission.errors import ClusterError
from admission.model.catalog import DISCOVERY, MISSING, UNAVAILABLE, Answer, AnyAnswer, Lookup, Question
from admission.model.document import labels_of, mapping, text
from admission.policy.params import LABEL

#: Seconds for which params from a ConfigMap count: one is asked for at every request of its namespace.
_PARAMS = 5.0

#: A version of an API, with its group if it has one: what discovery is asked about.
_VERSION = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?v[a-z0-9]{1,62}\Z")

log = logging.getLogger("admission.cluster")


class Live:
    """
    Asks the API server itself, all questions of one call within *seconds*.

    No object is kept, but params of policies for some seconds; what RBAC and discovery say counts for a moment
    (``access.py``).
    """

    def __init__(self, client: Client, seconds: float = 2.0, threads: int = 8) -> None:
        self._client, self._seconds = client, seconds
        self._kept: Kept[Question, AnyAnswer] = Kept()
        self._params: Kept[Question, AnyAnswer] = Kept(_PARAMS)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="look-up")

    def answer(
        self, questions: Collection[Question], most: int = 50, deadline: float = float("inf")
    ) -> dict[Question, AnyAnswer]:
        """
        An answer to each of *questions*: what is not allowed, too much or too late is *unavailable*, never *missing*.

        At most *most* are asked; *deadline* (``time.monotonic``) is when nobody waits any more.
        """
        ends = min(time.monotonic() + self._seconds, deadline)
        known = {question: kept for question in questions if (kept := self._known(question)) is not None}
        fresh = sorted((question for question in questions if question not in known), key=_order)
        if len(fresh) > most:
            log.warning("%d look-ups for one request are too many: %d are made", len(fresh), most)
        work = {self._pool.submit(self._one, question, ends): question for question in fresh[:most]}
        done, late = wait(work, timeout=max(ends - time.monotonic(), 0))
        for each in late:
            each.cancel()
        answers: dict[Question, AnyAnswer] = dict.fromkeys(questions, UNAVAILABLE)
        return answers | known | {work[each]: each.result() for each in done}

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _known(self, question: Question) -> AnyAnswer | None:
        params = isinstance(question, Lookup) and question.kind == "ConfigMap"
        return (self._params if params else self._kept).get(question)

    def _one(self, question: Question, ends: float) -> AnyAnswer:
        left = ends - time.monotonic()
        if left <= 0:
            return UNAVAILABLE
        if isinstance(question, Lookup) and question.kind != DISCOVERY:
            return self._object(question, left)
        try:
            if isinstance(question, Lookup):
                answer = discovered(self._client, question.name, left) if _VERSION.match(question.name) else MISSING
            else:
                answer = asked(self._client, question, left)
        except ClusterError as error:
            log.warning("question about %s: %s", question, error)
            return UNAVAILABLE
        if answer is not UNAVAILABLE:
            self._kept.put(question, answer)
        return answer

    def _object(self, lookup: Lookup, left: float) -> Answer:
        if lookup.kind not in RESOURCES:
            return UNAVAILABLE
        path = path_of(lookup)
        if path is None:
            return MISSING
        try:
            found = lean(self._client.get(path, seconds=left), RESOURCES[lookup.kind])
            if lookup.kind == "ConfigMap" and LABEL in labels_of(found):
                self._params.put(lookup, found)
            return found
        except Refused as error:
            return MISSING if _is_missing(error, lookup) else UNAVAILABLE
        except ClusterError as error:
            log.warning("look-up of %s %s: %s", lookup.kind, lookup.name, error)
            return UNAVAILABLE


def _order(question: Question) -> tuple[str, ...]:
    """Look-ups of objects before questions to RBAC, each in the order of what it names."""
    if isinstance(question, Lookup):
        return ("", question.kind, question.namespace, question.name)
    return (question.username, question.resource, question.namespace, question.name, question.verb)


def _is_missing(error: Refused, lookup: Lookup) -> bool:
    """Whether the object is what is not there; a kind that is not there has an answer without its name."""
    details = mapping(error.status.get("details"))
    return error.code == 404 and text(details.get("name")) == lookup.name
