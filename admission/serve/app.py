"""
Routes and limits: interfaces.md 4 as an aiohttp application.

What a review says is decided by two functions that are handed in; here it is only seen to that every request gets its
answer, in time, whatever those functions do.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeAlias

import orjson
from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from admission.errors import MalformedReview
from admission.serve.limits import Limits, Room
from admission.serve.metrics import Metrics
from admission.serve.tracing import Tracer

log = logging.getLogger("admission.serve")

ENDPOINTS = ("mutate", "validate")

#: Seconds in which a body that is on its way is read though no time is left: without it the answer had no uid.
_AT_LEAST = 0.1

#: What we read, and all that we write.
JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An AdmissionReview that goes back, and what is counted of it. *code* is that of its status, 200 if allowed."""

    body: bytes
    kind: str
    operation: str
    verdict: str
    code: int = 200
    known: bool = True
    uid: str = ""


#: Where a response keeps what a trace says of its request.
_TOLD: web.ResponseKey[dict[str, str]] = web.ResponseKey("told", dict)

#: From endpoint, body and the moment (``time.monotonic``) by which it is wanted, to the answer. Runs in a thread of
#: its own; raises ``MalformedReview`` where the body is no AdmissionReview.
Decide: TypeAlias = Callable[[str, bytes, float], Answered]

#: From endpoint, body, code (500 or 504) and a message to the AdmissionReview that tells of a failure of ours.
Failed: TypeAlias = Callable[[str, bytes, int, str], bytes]


class _Refused(Exception):
    """The request is answered with this HTTP status, and not reviewed."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


class Door:
    """The two endpoints: every request is refused at once or gets an AdmissionReview in time."""

    def __init__(
        self, decide: Decide, failed: Failed, limits: Limits, metrics: Metrics, tracer: Tracer | None = None
    ) -> None:
        self._decide, self._failed, self._tracer = decide, failed, tracer
        self._limits, self._metrics = limits, metrics
        self._free = threading.BoundedSemaphore(limits.in_flight)
        self._room = Room(limits.held)
        self._pool = ThreadPoolExecutor(limits.workers, thread_name_prefix="review")
        #: Once the process is about to end, every answer closes its connection.
        self.leaving = False

    def close(self) -> None:
        """Take no more work; what is being reviewed is of no use to anybody any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def answer(self, request: web.Request) -> web.Response:
        """The answer to *request*, whatever happens."""
        if self._tracer is None:
            return await self._answer(request)
        with self._tracer.request(request.path, request.headers.get("traceparent")) as attributes:
            response = await self._answer(request)
            attributes |= response.get(_TOLD, {"http.status": str(response.status)})
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        started = time.monotonic()
        endpoint = request.path.strip("/")
        try:
            response = await self._reviewed(
                endpoint, request, started + self._limits.time(request.query.get("timeout"))
            )
        except _Refused as refusal:
            response = self._refuse(refusal)
        except Exception:
            log.exception("no answer could be made", extra={"endpoint": endpoint})
            response = _status(500, "InternalError", "no answer could be made; see the log of argo-admission")
        if self.leaving:
            response.force_close()
        self._metrics.seconds.labels(endpoint).observe(time.monotonic() - started)
        return response

    async def _reviewed(self, endpoint: str, request: web.Request, deadline: float) -> web.Response:
        self._fits(request)
        if not self._free.acquire(blocking=False):
            raise _Refused(429, "TooManyRequests", f"{self._limits.in_flight} requests are in flight already")
        self._metrics.in_flight.inc()
        body = b""
        try:
            body = await self._read(request, deadline)
            # In the context of the request, so that whoever measures its stages knows whose they are.
            work = self._pool.submit(copy_context().run, self._decide, endpoint, body, deadline)
        except BaseException:
            self._leave(len(body))
            raise
        # A review that is late cannot be stopped: it keeps its place until it ends, so that no more of them pile up.
        work.add_done_callback(lambda _: self._leave(len(body)))
        return await self._answered(endpoint, body, work, deadline)

    def _leave(self, size: int) -> None:
        self._metrics.in_flight.dec()
        self._room.give(size)
        self._free.release()

    def _fits(self, request: web.Request) -> None:
        """Refuse what can be told by its headers."""
        if request.content_type != JSON or request.headers.get("Content-Encoding", "identity") != "identity":
            raise _Refused(415, "UnsupportedMediaType", f"the body must be {JSON}, not encoded in any way")
        if (request.content_length or 0) > self._limits.body:
            raise self._too_large()

    async def _read(self, request: web.Request, deadline: float) -> bytes:
        """The body, with room taken for it."""
        body = bytearray()
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), _AT_LEAST)):
                await self._fill(body, request)
        except BaseException as error:
            self._room.give(len(body))
            if isinstance(error, TimeoutError):
                raise _Refused(408, "Timeout", "the body did not come in time") from None
            if isinstance(error, ConnectionError | ClientError | HttpProcessingError):
                raise _Refused(400, "BadRequest", f"the body ended too early: {error}") from error
            raise
        return bytes(body)

    async def _fill(self, body: bytearray, request: web.Request) -> None:
        """Put in *body* what comes; not a byte more than the limits is kept of it."""
        async for chunk in request.content.iter_any():
            if len(body) + len(chunk) > self._limits.body:
                raise self._too_large()
            if not self._room.take(len(chunk)):
                raise _Refused(429, "TooManyRequests", f"{self._limits.held} bytes of requests are in flight already")
            body += chunk

    def _too_large(self) -> _Refused:
        return _Refused(413, "RequestEntityTooLarge", f"the body is larger than {self._limits.body} bytes")

    async def _answered(self, endpoint: str, body: bytes, work: Future[Answered], deadline: float) -> web.Response:
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
                answered = await asyncio.wrap_future(work)
        except MalformedReview as error:
            raise _Refused(400, "BadRequest", str(error)) from error
        except (TimeoutError, CancelledError):
            return self._failure(endpoint, body, 504, "the review did not end in time", None)
        except Exception as error:
            return self._failure(endpoint, body, 500, "the review failed", error)
        labels = (endpoint, answered.kind, answered.operation, answered.verdict, str(answered.code))
        self._metrics.requests.labels(*labels).inc()
        if not answered.known:
            self._metrics.unknown.inc()
        response = web.Response(body=answered.body, content_type=JSON)
        response[_TOLD] = {
            "kind": answered.kind,
            "operation": answered.operation,
            "verdict": answered.verdict,
            "uid": answered.uid,
        }
        return response

    def _failure(self, endpoint: str, body: bytes, code: int, message: str, error: Exception | None) -> web.Response:
        """The AdmissionReview about a failure of ours; the log has its reference, and the reason."""
        reference = secrets.token_hex(6)
        log.error(message, exc_info=error, extra={"endpoint": endpoint, "reference": reference, "bytes": len(body)})
        self._metrics.requests.labels(endpoint, "", "", "failed", str(code)).inc()
        answer = self._failed(endpoint, body, code, f"{message}; its reference in the log is {reference}")
        return web.Response(body=answer, content_type=JSON)

    def _refuse(self, refusal: _Refused) -> web.Response:
        self._metrics.rejected.labels(str(refusal.code)).inc()
        log.debug("request refused: %s", refusal, extra={"code": refusal.code})
        response = _status(refusal.code, refusal.reason, str(refusal))
        if refusal.code == 429:
            response.headers["Retry-After"] = "1"
        if refusal.code in (408, 413):
            response.force_close()
        return response


def make_app(door: Door) -> web.Application:
    """The application of the TLS port."""
    app = web.Application()
    for endpoint in ENDPOINTS:
        app.router.add_post(f"/{endpoint}", door.answer)
    return app


def _status(code: int, reason: str, message: str) -> web.Response:
    """An answer that is no AdmissionReview: a ``Status`` of Kubernetes, whose message the API server passes on."""
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }
    return web.Response(body=orjson.dumps(status), status=code, content_type=JSON)
