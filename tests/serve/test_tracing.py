"""Traces: what a collector gets of a request, and what it costs where there is none."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from serving import LEAF, decide, failed, pair, review, trusting, until

from admission.serve import tracing
from admission.serve.app import Answered, Door, make_app
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.tls import Tls
from admission.serve.tracing import Tracer

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@asynccontextmanager
async def collector() -> AsyncIterator[tuple[str, list[Any]]]:
    """A collector that keeps what it gets, as spans."""
    spans: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        for resource in json.loads(await request.read())["resourceSpans"]:
            spans.extend(resource["scopeSpans"][0]["spans"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/", spans
    await runner.cleanup()


async def asked(tracer: Tracer, *traceparents: str | None) -> None:
    """Requests with these headers, of a server with *tracer*, which ends after them and sends what is left."""

    def deciding(endpoint: str, body: bytes, deadline: float) -> Answered:
        with tracer.stage("lint"):
            return replace(decide(endpoint, body, deadline), uid="the-uid")

    tls = Tls(lambda: pair(LEAF))
    tls.load()
    runner = web.AppRunner(make_app(Door(deciding, failed, Limits(workers=2), Metrics(), tracer)))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.context).start()
    context: ssl.SSLContext = trusting()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as client:
        for each in traceparents:
            headers = {"Content-Type": "application/json", **({"traceparent": each} if each else {})}
            url = f"https://127.0.0.1:{runner.addresses[0][1]}/validate"
            async with client.post(url, data=review(), headers=headers) as answer:
                assert 200 == answer.status
    await runner.cleanup()
    sending = asyncio.create_task(tracer.send())
    # A task that has not begun has nothing to end.
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_what_the_api_server_traces_is_traced() -> None:
    """The request is a span of its trace, with what was decided, and its stages are spans of the request."""
    async with collector() as (endpoint, spans):
        await asked(Tracer(endpoint, 0, {}), f"00-{TRACE}-{PARENT}-01")
    of_name = {span["name"]: span for span in spans}
    request, stage = of_name["/validate"], of_name["lint"]

    assert {TRACE} == {span["traceId"] for span in spans}
    assert (PARENT, request["spanId"]) == (request["parentSpanId"], stage["parentSpanId"])
    assert {"key": "uid", "value": {"stringValue": "the-uid"}} in request["attributes"]
    assert int(request["startTimeUnixNano"]) <= int(stage["startTimeUnixNano"]) <= int(stage["endTimeUnixNano"])


async def test_what_it_does_not_trace_is_not() -> None:
    """Without the flag, without the header, or with one that is none, only so much is traced as was asked for."""
    wrong = (None, f"00-{TRACE}-{PARENT}-00", "nonsense", f"00-{'0' * 32}-{PARENT}-01", f"ff-{TRACE}-{PARENT}-01")
    async with collector() as (endpoint, spans):
        await asked(Tracer(endpoint, 0, {}), *wrong)
        none = list(spans)
        await asked(Tracer(endpoint, 1, {}), None, None)

    assert [] == none
    assert 2 == len({span["traceId"] for span in spans})


async def test_spans_are_sent_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the server runs a collector hears of every request, soon after it."""
    monkeypatch.setattr(tracing, "_EVERY", 0.02)
    async with collector() as (endpoint, spans):
        tracer = Tracer(endpoint, 1, {})
        sending = asyncio.create_task(tracer.send())
        for name in ("one", "two"):
            with tracer.request(name, None):
                pass
            await until(lambda name=name: name in {span["name"] for span in spans})  # type: ignore[misc]
        sending.cancel()


async def test_a_collector_that_is_away_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Requests are answered as ever, and it is said once."""
    tracer = Tracer("http://127.0.0.1:9", 1, {})
    await asked(tracer, None)
    await asked(tracer, None)

    assert 1 == sum("traces cannot be sent" in record.getMessage() for record in caplog.records)
