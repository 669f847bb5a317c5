"""Several processes on one port (SO_REUSEPORT), for those who prefer bigger pods to more of them."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from prometheus_client import Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from admission.serve.health import health_app
from admission.serve.server import Ports

log = logging.getLogger("admission.serve")

#: Seconds before a worker that has ended is started again: the first time, and at most.
_FIRST, _MOST = 1.0, 30.0

#: Seconds for the answer of a worker to a question about its health.
_PATIENCE = ClientTimeout(total=2.0)

#: <linux/prctl.h>
_PR_SET_PDEATHSIG = 1

#: The exit status of a process whose configuration cannot be used: starting it again would not help.
_UNUSABLE = 2

#: What starts a worker: its number, the port that all of them listen on, and the file descriptor on which it tells
#: the port of its health.
Command = Callable[[int, int, int], Sequence[str]]


@dataclass
class Worker:
    """One of the processes; *health* is the port of its own health, 0 while it has none."""

    number: int
    process: asyncio.subprocess.Process | None = None
    health: int = 0
    failures: int = 0


@dataclass
class Workers:
    """The processes, and what is known of all of them together."""

    command: Command
    ports: Ports
    grace: float
    workers: list[Worker]
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    status: int = 0

    async def run(self) -> int:
        """Serve until SIGTERM or SIGINT; the exit status."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.ending.set)
        with _reserved(self.ports.host, self.ports.port) as port:
            async with ClientSession(timeout=_PATIENCE) as client:
                app = health_app(partial(self._unready, client), partial(self._measured, client))
                health = web.AppRunner(app, access_log=None)
                await health.setup()
                await web.TCPSite(health, self.ports.health_host, self.ports.health_port).start()
                try:
                    await asyncio.gather(*(self._keep(worker, port) for worker in self.workers))
                finally:
                    await health.cleanup()
        return self.status

    async def _keep(self, worker: Worker, port: int) -> None:
        """Start *worker*, and again whenever it has ended, until we are told to end."""
        while not self.ending.is_set():
            reader, writer = os.pipe()
            command = self.command(worker.number, port, writer)
            worker.process = await asyncio.create_subprocess_exec(*command, pass_fds=[writer])
            os.close(writer)
            telling = asyncio.create_task(_told(reader, worker))
            await self._until_ended(worker.process)
            telling.cancel()
            worker.health = 0
            if not self.ending.is_set():
                await self._again(worker, worker.process.returncode)

    async def _until_ended(self, process: asyncio.subprocess.Process) -> None:
        ended, told = asyncio.create_task(process.wait()), asyncio.create_task(self.ending.wait())
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not ended.done():
            process.terminate()
            try:
                await asyncio.wait_for(ended, self.grace)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _again(self, worker: Worker, code: int | None) -> None:
        worker.failures += 1
        log.error("worker %d has ended by itself with status %s", worker.number, code)
        if code == _UNUSABLE:
            self.status = _UNUSABLE
            self.ending.set()
            return
        try:
            await asyncio.wait_for(self.ending.wait(), min(_FIRST * 2 ** (worker.failures - 1), _MOST))
        except TimeoutError:
            return

    async def _unready(self, client: ClientSession) -> list[str]:
        """Why not all are ready: nobody can say which of them gets a connection."""
        answers = await asyncio.gather(*(_ask(client, worker, "readyz") for worker in self.workers))
        return [
            f"worker {worker.number}: {line}"
            for worker, (code, text) in zip(self.workers, answers, strict=True)
            if code != 200
            for line in text.splitlines()
        ]

    async def _measured(self, client: ClientSession) -> bytes:
        answers = await asyncio.gather(*(_ask(client, worker, "metrics") for worker in self.workers))
        return generate_latest(_Merged([text if code == 200 else "" for code, text in answers]))


def supervise(count: int, command: Command, ports: Ports, grace: float) -> int:
    """Serve with *count* processes until SIGTERM; *grace* is how many seconds each has to end. The exit status."""
    return asyncio.run(Workers(command, ports, grace, [Worker(number) for number in range(count)]).run())


class _Merged:
    """The metrics of several processes, each sample with the number of its own."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for number, text in enumerate(self._texts):
            for found in text_string_to_metric_families(text):
                merged = families.setdefault(found.name, Metric(found.name, found.documentation, found.type))
                for sample in found.samples:
                    labels = {**sample.labels, "worker": str(number)}
                    merged.add_sample(sample.name, labels, sample.value)
        yield from families.values()


async def _ask(client: ClientSession, worker: Worker, what: str) -> tuple[int, str]:
    if not worker.health:
        return 503, "it starts"
    try:
        async with client.get(f"http://127.0.0.1:{worker.health}/{what}") as answer:
            return answer.status, await answer.text()
    except (ClientError, TimeoutError) as error:
        return 503, f"no answer: {error}"


async def _told(reader: int, worker: Worker) -> None:
    """Take in the port of the health of *worker* once it tells it."""
    with os.fdopen(reader, "rb") as pipe:
        stream = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
        try:
            line = await stream.readline()
            worker.health = int(line or 0)
        finally:
            transport.close()


@contextmanager
def _reserved(host: str, port: int) -> Iterator[int]:
    """The port, taken so that nobody else gets it while workers come and go. It listens to nobody."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind((host, port))
        yield int(taken.getsockname()[1])


def end_with_parent() -> None:
    """Have this process told to end when the one that started it is gone, however that came (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def command_line(config: str, number: int, port: int, tell: int) -> Sequence[str]:
    """The command of one worker."""
    return (sys.executable, "-m", "admission", "serve", "--config", config, "--worker", f"{number}:{port}:{tell}")
