"""Several processes on one port."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import ssl
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from serving import review, trusting

from admission.cli.demo.process import free_ports

HEADERS = {"Content-Type": "application/json"}


@asynccontextmanager
async def serving(folder: Path, **sections: object) -> AsyncIterator[tuple[Process, int, int]]:
    """`serve --workers 2` over files, with its two ports."""
    port, health = free_ports(2)
    configuration = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "AdmissionConfiguration",
        "ports": {"host": "127.0.0.1", "webhook": port, "healthHost": "127.0.0.1", "health": health},
        "tls": {"selfManaged": {"folder": str(folder / "tls"), "hosts": ["127.0.0.1"]}},
        "catalog": {"source": "files"},
        "limits": {"drainSeconds": 0.3},
        **sections,
    }
    file = folder / "configuration.yaml"
    file.write_text(json.dumps(configuration))
    command = [sys.executable, "-m", "admission", "serve", "--config", str(file), "--workers", "2"]
    child = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    try:
        yield child, port, health
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


async def ready(client: aiohttp.ClientSession, health: int, besides: Callable[[], bool] = lambda: True) -> None:
    """Wait until all workers are ready, and what is asked *besides* is so."""
    async with asyncio.timeout(120):
        while True:
            try:
                async with client.get(f"http://127.0.0.1:{health}/readyz") as answer:
                    if besides() and answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


def children(process: Process) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def gone(processes: list[int]) -> None:
    """Wait until these have ended."""
    ends = time.monotonic() + 60
    while any(Path(f"/proc/{process}/cmdline").exists() for process in processes):
        assert time.monotonic() < ends
        time.sleep(0.1)


async def test_workers_share_a_port_and_come_back(tmp_path: Path) -> None:
    """Both answer on one port, metrics say whose they are, a killed one is started again, and all end together."""
    context = trusting(check_hostname=False, verify_mode=ssl.CERT_NONE)
    connector = aiohttp.TCPConnector(ssl=context, force_close=True)
    async with serving(tmp_path) as (child, port, health), aiohttp.ClientSession(connector=connector) as client:
        await ready(client, health)
        before = children(child)

        async def ask() -> int:
            body = review(operation="CONNECT")
            async with client.post(f"https://127.0.0.1:{port}/validate", data=body, headers=HEADERS) as answer:
                return answer.status

        statuses = {await ask() for _ in range(40)}
        async with client.get(f"http://127.0.0.1:{health}/metrics") as answer:
            measured = await answer.text()
        os.kill(before[0], signal.SIGKILL)
        await ready(client, health, lambda: before[0] not in children(child) and len(children(child)) == 2)
        after = await ask()
        child.terminate()
        _, log = await asyncio.wait_for(child.communicate(), 60)

    lines = [line for line in measured.splitlines() if line.startswith("argo_admission_requests_total")]
    assert {200} == statuses | {after}
    assert 40 == sum(float(line.rpartition(" ")[2]) for line in lines)
    assert {"0", "1"} == set(re.findall(r'worker="(\d+)"', measured))
    assert 0 == child.returncode
    assert b"Traceback" not in log


async def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """However the process that started them came to its end."""
    async with serving(tmp_path) as (child, _, health), aiohttp.ClientSession() as client:
        await ready(client, health)
        workers = children(child)
        child.kill()
        await child.wait()
        await asyncio.to_thread(gone, workers)

    assert 2 == len(workers)


async def test_a_configuration_that_cannot_be_used_ends_all(tmp_path: Path) -> None:
    """Nothing is started again and again that cannot work: exit status 2, with the reason."""
    sections = {"tls": {"certificate": str(tmp_path / "none"), "key": str(tmp_path / "none")}}
    async with serving(tmp_path, **sections) as (child, _, _):
        _, log = await asyncio.wait_for(child.communicate(), 90)

    assert 2 == child.returncode
    assert b"the serving certificate cannot be used" in log


@pytest.mark.parametrize("count", ["0", "many"])
async def test_how_many(tmp_path: Path, count: str) -> None:
    """A number of processes that nobody can mean is refused."""
    command = [sys.executable, "-m", "admission", "serve", "--config", "x", "--workers", count]
    child = await asyncio.create_subprocess_exec(*command, stderr=PIPE)
    await child.communicate()

    assert 2 == child.returncode
