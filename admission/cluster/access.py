"""What RBAC says (SubjectAccessReview), and what kinds there are (discovery): asked once, and kept for a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from admission.cluster.client import Client, Refused
from admission.model.catalog import MISSING, UNAVAILABLE, Access, AccessQuestion, AnyAnswer
from admission.model.document import Document, mapping

_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"

#: Seconds for which an answer counts: as long as a right that was taken away may still be used (issue 7).
KEPT = 30.0

#: Answers that are kept; each has some 500 bytes.
MOST = 4096

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values for a while; when there are too many, the oldest go. Threads may share it."""

    def __init__(self, seconds: float = KEPT, most: int = MOST, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._now = seconds, most, now
        self._values: dict[K, tuple[float, V]] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        found = self._values.get(key)
        return found[1] if found and self._now() - found[0] < self._seconds else None

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._values.pop(key, None)
            while len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[key] = (self._now(), value)


def asked(client: Client, question: AccessQuestion, seconds: float) -> AnyAnswer:
    """What the API server says to *question*; ``ClusterError`` where it says nothing."""
    try:
        review = client.create(_REVIEWS, _review(question), seconds)
    except Refused:
        return UNAVAILABLE
    status = mapping(review.get("status"))
    if status.get("allowed") is True:
        return Access.ALLOWED
    # An authorizer that failed has not denied anything.
    return UNAVAILABLE if status.get("evaluationError") else Access.DENIED


def discovered(client: Client, version: str, seconds: float) -> AnyAnswer:
    """The APIResourceList of *version* (``v1``, ``batch/v1``); ``ClusterError`` where nothing is said."""
    try:
        return client.get(f"/apis/{version}" if "/" in version else f"/api/{version}", seconds=seconds)
    except Refused as error:
        return MISSING if error.code == 404 else UNAVAILABLE


def _review(question: AccessQuestion) -> Document:
    attributes = {
        "verb": question.verb,
        "group": question.group,
        "resource": question.resource,
        "subresource": question.subresource,
        "namespace": question.namespace,
        "name": question.name,
    }
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": question.username,
            "groups": list(question.groups),
            "uid": question.uid,
            "extra": {key: list(values) for key, values in question.extra},
            "resourceAttributes": {name: value for name, value in attributes.items() if value},
        },
    }
