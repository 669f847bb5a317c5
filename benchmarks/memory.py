"""
What one replica keeps in memory: resident MiB of a real ``serve`` process while Workflows that it never saw come in.

``python benchmarks/memory.py [REQUESTS]`` (default 4,000; Linux). The process has the library of policies, and is asked
over TLS by four callers at once: of a hundred Workflows ninety have 5 KB, nine 50 KB and one 500 KB. Then as many come
at once as ``limits.inFlight`` lets in: Workflows of 50 KB, and bodies of 7 MiB, the largest that are read. *most* is
the peak since the start. The ``resources`` of the chart are from here; templates of the cluster come on top
(``benchmarks/catalog.py``).
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import ClientConnectionError, ClientSession, TCPConnector
from requests import body

from admission.cli.demo.process import free_ports
from policies import SIZES, workflow

#: How many of a hundred Workflows have which size.
MIX = {"500 KB": 1, "50 KB": 9, "5 KB": 90}

CALLERS, AT_ONCE, LARGEST = 4, 100, 7 * 2**20


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """A process as a pod has one, but for the cluster; its ports."""
    port, health = free_ports(2)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "configuration.yaml"
        configuration = {
            "apiVersion": "argo-admission.io/v1alpha1",
            "kind": "AdmissionConfiguration",
            "ports": {"host": "127.0.0.1", "webhook": port, "healthHost": "127.0.0.1", "health": health},
            "tls": {"selfManaged": {"folder": f"{folder}/tls", "hosts": ["127.0.0.1"]}},
            "catalog": {"source": "files"},
            "policies": {"paths": ["builtin"]},
            "limits": {"drainSeconds": 0},
        }
        file.write_text(json.dumps(configuration))
        process = subprocess.Popen([sys.executable, "-m", "admission", "serve", "--config", str(file)])
        try:
            yield process, port, health
        finally:
            process.terminate()
            process.wait()


def resident(process: subprocess.Popen[bytes]) -> str:
    """Resident memory, now and at most, in MiB."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    found = (each.partition(":") for each in lines if each.startswith(("VmRSS", "VmHWM")))
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in found}
    return f"{kilobytes['VmRSS'] / 1024:6.0f} MiB, most {kilobytes['VmHWM'] / 1024:.0f}"


def size(number: int) -> str:
    """The size of the Workflow of that number: the mix, spread evenly."""
    place = number * 37 % 100
    return "500 KB" if place < MIX["500 KB"] else "50 KB" if place < MIX["500 KB"] + MIX["50 KB"] else "5 KB"


def made(number: int, of: str) -> bytes:
    """The review of a Workflow that is like no other."""
    return body(workflow(SIZES[of], f".{number}", kinds=10), f"w-{number}")


async def asked(client: ClientSession, port: int, review: bytes) -> int:
    """The status of the answer; 0 where the connection has ended instead."""
    headers = {"Content-Type": "application/json"}
    url = f"https://127.0.0.1:{port}/validate?timeout=10s"
    try:
        async with client.post(url, data=review, headers=headers) as answer:
            await answer.read()
            return answer.status
    except ClientConnectionError:
        return 0


async def some(client: ClientSession, port: int, first: int, count: int) -> None:
    """So many Workflows of the mix, by several callers at once."""
    numbers = iter(range(first, first + count))

    async def call() -> None:
        for number in numbers:
            await asked(client, port, made(number, size(number)))

    await asyncio.gather(*(call() for _ in range(CALLERS)))


async def flood(client: ClientSession, port: int, bodies: list[bytes]) -> str:
    """All at once; how often which status came."""
    statuses = await asyncio.gather(*(asked(client, port, each) for each in bodies))
    return ", ".join(f"{statuses.count(each)} times {each}" for each in sorted(set(statuses)))


async def measure(process: subprocess.Popen[bytes], port: int, health: int, count: int) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with ClientSession(connector=TCPConnector(ssl=context, limit=0)) as client:
        while True:
            try:
                async with client.get(f"http://127.0.0.1:{health}/readyz") as answer:
                    if answer.status == 200:
                        break
            except ClientConnectionError:
                await asyncio.sleep(0.1)
        print(f"{'ready':>30}: {resident(process)}", flush=True)
        part = count // 8
        for done in range(0, part * 8, part):
            await some(client, port, done, part)
            print(f"{done + part:>20} Workflows: {resident(process)}", flush=True)
        large = await flood(client, port, [made(-number, "50 KB") for number in range(AT_ONCE)])
        print(f"{'100 of 50 KB at once':>30}: {resident(process)} ({large})", flush=True)
        largest = await flood(client, port, [made(0, "5 KB").ljust(LARGEST)] * AT_ONCE)
        print(f"{'100 of 7 MiB at once':>30}: {resident(process)} ({largest})", flush=True)


def main() -> None:
    with serving() as (process, port, health):
        asyncio.run(measure(process, port, health, int(sys.argv[1]) if len(sys.argv) > 1 else 4_000))


if __name__ == "__main__":
    main()
