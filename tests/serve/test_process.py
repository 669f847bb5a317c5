"""A real process, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from serving import review, trusting

SERVER = """
import logging, sys
from serving import LEAF, decide, failed, pair
from admission.serve.limits import Limits
from admission.serve.metrics import Metrics
from admission.serve.server import Ports, Service, run
from admission.serve.tls import Tls

logging.basicConfig(stream=sys.stderr, level=logging.INFO)
tls = Tls(lambda: pair(LEAF))
tls.load()
ports = Ports(host="127.0.0.1", port=0, health_host="127.0.0.1", health_port=0)
run(Service(decide=decide, failed=failed, unready=list, tls=tls, metrics=Metrics(), limits=Limits(workers=2),
    ports=ports, drain=float(sys.argv[1]), started=lambda port, health: print(port, health, flush=True)))
print("the end", flush=True)
"""


@asynccontextmanager
async def process(drain: float) -> AsyncIterator[tuple[Process, int, int]]:
    """A server in its own process, with its two ports."""
    folder = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder.parents[1]}"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(drain), stdout=PIPE, stderr=PIPE, env=environment
    )
    try:
        assert child.stdout is not None
        port, health = map(int, (await asyncio.wait_for(child.stdout.readline(), 120)).split())
        yield child, port, health
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def ready(client: aiohttp.ClientSession, health: int) -> int:
    async with client.get(f"http://127.0.0.1:{health}/readyz") as answer:
        return answer.status


async def not_ready(client: aiohttp.ClientSession, health: int) -> None:
    """Wait until the process has heard its signal."""
    async with asyncio.timeout(60):
        while True:
            if await ready(client, health) != 200:
                return


async def in_flight(client: aiohttp.ClientSession, health: int) -> None:
    """Wait until a review has begun."""
    async with asyncio.timeout(60):
        while True:
            async with client.get(f"http://127.0.0.1:{health}/metrics") as answer:
                if "argo_admission_in_flight 1.0" in await answer.text():
                    return


async def test_the_graceful_end() -> None:
    """After SIGTERM: not ready at once, still serving, what is in flight is answered, and then the end."""
    # The CA of the tests is made anew in every process, so that this one cannot ask for it.
    context = trusting(check_hostname=False, verify_mode=ssl.CERT_NONE)
    connector = aiohttp.TCPConnector(ssl=context)
    headers = {"Content-Type": "application/json"}
    async with process(3) as (child, port, health), aiohttp.ClientSession(connector=connector) as client:

        async def ask(body: bytes) -> tuple[int, str | None]:
            async with client.post(f"https://127.0.0.1:{port}/validate", data=body, headers=headers) as answer:
                json.loads(await answer.read())
                return answer.status, answer.headers.get("Connection")

        before = await ready(client, health), await ask(review())
        # Longer than the drain.
        slow = asyncio.create_task(ask(review(operation="SLEEP", name="4")))
        await in_flight(client, health)
        child.send_signal(signal.SIGTERM)
        await not_ready(client, health)
        during = await ready(client, health), await ask(review())
        late = await slow
        out, log = await asyncio.wait_for(child.communicate(), 60)

    assert (200, (200, None)) == before
    assert (503, (200, "close")) == during
    assert 200 == late[0]
    assert (0, b"the end\n") == (child.returncode, out)
    assert b"Traceback" not in log


async def test_the_second_signal_does_not_wait() -> None:
    """Whoever is in a hurry sends the signal again."""
    async with process(120) as (child, _, health), aiohttp.ClientSession() as client:
        child.send_signal(signal.SIGINT)
        await not_ready(client, health)
        child.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(child.wait(), 60)

    assert -signal.SIGTERM == code


NO_HTTP = [
    b"POST /validate HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /validate HTTP/1.1\r\nContent-Length: 1\r\n\r\n{",
    b"POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


async def test_what_is_no_http_is_told_so_and_not_logged() -> None:
    """Headers that nobody can read are answered with 400, and leave no traceback in the log."""
    context = trusting(check_hostname=False, verify_mode=ssl.CERT_NONE)
    answers = []
    async with process(0) as (child, port, _):
        for text in NO_HTTP:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            writer.write(text)
            answers.append((await asyncio.wait_for(reader.readline(), 60)).split()[1])
            writer.close()
        child.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(child.communicate(), 60)

    assert [b"400"] * len(NO_HTTP) == answers
    assert b"Traceback" not in log and b"ERROR" not in log
