"""Processes of our own: started with a log, waited for until they answer, ended by what started them."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from admission.errors import ClusterError

#: How much of a log an error shows.
_TAIL = 15

#: Ports below those that systems give to outgoing connections (Linux: from 32768 on, others from 49152).
_PORTS = range(10_000, 30_000)

#: Seconds between two looks at whether something answers already.
_LOOK = 0.05


@dataclass
class Process:
    """A program that runs until it is stopped; what it prints goes to *log*."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C is for us, and we end what we started in order. The open end of its
            # standard input tells it that we live (tests/controlplane/kubernetes/main.go).
            self._running = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def stop(self, patience: float = 5.0) -> None:
        """End it, by force after *patience* seconds; nothing where it has ended."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(patience)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        assert self._running.stdin is not None
        self._running.stdin.close()
        self._running = None

    def send(self, sign: signal.Signals) -> None:
        """Send it a signal; nothing where it does not run."""
        if self._running is not None:
            self._running.send_signal(sign)

    def until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until it is *ready*; ``ClusterError`` with the end of its log where it ends or takes too long."""
        end = time.monotonic() + seconds
        while not ready():
            if self._running is None or self._running.poll() is not None:
                raise ClusterError(f"{self.name} has ended. The end of {self.log}:\n{self.tail()}")
            if time.monotonic() > end:
                raise ClusterError(f"{self.name} is not ready after {seconds:.0f} s. {self.log}:\n{self.tail()}")
            time.sleep(_LOOK)

    def tail(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-_TAIL:])


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on, and that no outgoing connection gets before they are used."""
    found = (port for port in random.sample(_PORTS, len(_PORTS)) if _is_free(port))
    return list(islice(found, count))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("", port)).close()
    except OSError:
        return False
    return True
