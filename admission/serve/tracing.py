"""
Traces for OpenTelemetry: a span a request, and one for each of its stages, sent to a collector as OTLP over HTTP.

The API server says in ``traceparent`` (W3C Trace Context) which trace a request is part of, and whether that is kept.
It is a hundred lines of JSON; the packages of OpenTelemetry would be a dozen dependencies.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import secrets
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

log = logging.getLogger("admission.serve")

#: Spans that wait to be sent; what comes when there are more takes the place of the oldest.
_WAITING = 10_000

#: Seconds between two sendings, and for one of them.
_EVERY, _SECONDS = 2.0, 5.0

#: OTLP: who answers a request, and what happens within.
_SERVER, _INTERNAL = 2, 1

_PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


@dataclass(slots=True)
class Span:
    """A piece of work: its place in a trace, its time, and what there is to say of it."""

    name: str
    trace: str
    parent: str
    kind: int = _INTERNAL
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: int = field(default_factory=time.time_ns)
    ended: int = 0
    attributes: dict[str, str] = field(default_factory=dict)

    def document(self) -> Mapping[str, object]:
        """It as OTLP's JSON."""
        return {
            "traceId": self.trace,
            "spanId": self.id,
            **({"parentSpanId": self.parent} if self.parent else {}),
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.started),
            "endTimeUnixNano": str(self.ended),
            "attributes": _attributes(self.attributes),
        }


#: The span of the request that is being answered here; None where it is not traced.
_CURRENT: ContextVar[Span | None] = ContextVar("span", default=None)


class Tracer:
    """
    Traces what the API server traces, and *ratio* of all else.

    *resource* says who we are. Spans wait until ``send`` takes them away; a collector that is away costs nothing else.
    """

    def __init__(self, endpoint: str, ratio: float, resource: Mapping[str, str]) -> None:
        self._url, self._ratio, self._resource = f"{endpoint.rstrip('/')}/v1/traces", ratio, resource
        self._waiting: deque[Span] = deque(maxlen=_WAITING)
        self._complained = False

    @contextmanager
    def request(self, name: str, traceparent: str | None) -> Iterator[dict[str, str]]:
        """Stands around a request; what it yields are the attributes of its span, to be filled."""
        found = _PARENT.fullmatch(traceparent or "")
        kept = bool(found and int(found[3], 16) & 1) or random.random() < self._ratio
        if not kept:
            yield {}
            return
        span = Span(name, found[1] if found else secrets.token_hex(16), found[2] if found else "", _SERVER)
        token = _CURRENT.set(span)
        try:
            yield span.attributes
        finally:
            _CURRENT.reset(token)
            self._end(span)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Stands around a stage of the request that is being answered in this context."""
        parent = _CURRENT.get()
        if parent is None:
            yield
            return
        span = Span(name, parent.trace, parent.id)
        try:
            yield
        finally:
            self._end(span)

    async def send(self) -> None:
        """Send what has gathered, again and again; the rest when it is cancelled."""
        async with ClientSession(timeout=ClientTimeout(total=_SECONDS)) as client:
            try:
                while True:
                    await asyncio.sleep(_EVERY)
                    await self._sent(client)
            finally:
                await self._sent(client)

    async def _sent(self, client: ClientSession) -> None:
        if not self._waiting:
            return
        spans = [self._waiting.popleft() for _ in range(len(self._waiting))]
        body = orjson.dumps(self._document(spans))
        try:
            async with client.post(self._url, data=body, headers={"Content-Type": "application/json"}) as answer:
                problem = "" if answer.status < 300 else f"HTTP {answer.status}"
        except (ClientError, TimeoutError, OSError) as error:
            problem = str(error) or type(error).__name__
        if problem and not self._complained:
            log.warning("traces cannot be sent, they are thrown away: %s", problem)
        self._complained = bool(problem)

    def _document(self, spans: list[Span]) -> Mapping[str, object]:
        scope = {"scope": {"name": "argo-admission"}, "spans": [span.document() for span in spans]}
        resource = {"attributes": _attributes({"service.name": "argo-admission", **self._resource})}
        return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}

    def _end(self, span: Span) -> None:
        span.ended = time.time_ns()
        self._waiting.append(span)


def _attributes(values: Mapping[str, str]) -> list[Mapping[str, object]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
