"""The serving certificate, and who may call: the next connection gets what has changed; what is bad changes nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeAlias

from admission.errors import ConfigurationError

log = logging.getLogger("admission.serve")

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate chain and its key, as PEM."""

    certificate: bytes
    key: bytes


#: Where the pair comes from; raises OSError where it cannot be had.
Source: TypeAlias = Callable[[], Pair]


def from_files(certificate: str, key: str) -> Source:
    """The pair in two files, as they are when somebody asks."""
    return lambda: Pair(Path(certificate).read_bytes(), Path(key).read_bytes())


@dataclass(frozen=True, slots=True)
class _Given:
    """What a context is made of: the pair, and the authorities of whoever may call, as PEM; None lets everybody."""

    pair: Pair
    clients: bytes | None


class Tls:
    """
    A server context whose certificate follows its source, and whose authorities of clients the file *client_ca*.

    All that is read together gets a context of its own, and a new connection is handed the one of the moment. To load a
    pair into the context that listens would be no way: OpenSSL takes the certificate first and the key after it, and a
    connection that is made in between fails.
    """

    def __init__(self, source: Source, minimum: str = "1.3", client_ca: str | None = None) -> None:
        self._source, self._minimum, self._client_ca = source, minimum, client_ca
        self._loaded: _Given | None = None
        #: What was bad when we looked last, so that it is said once: what was given, or why there was nothing.
        self._refused: _Given | str | None = None
        #: What listens; it has no certificate itself.
        self.context = self._first()
        self._serving = self.context
        # OpenSSL asks here for every connection, also for those that name no server.
        self.context.sni_callback = self._hand

    @property
    def certificate(self) -> bytes:
        """The chain that we serve with, as PEM; empty where there is none."""
        return self._loaded.pair.certificate if self._loaded else b""

    @property
    def loaded(self) -> bool:
        """Whether there is a certificate to serve with."""
        return self._loaded is not None

    def unready(self) -> Sequence[str]:
        """Why nobody can be served."""
        return () if self.loaded else ("the certificate is not loaded",)

    def load(self) -> None:
        """Load the first pair; ``ConfigurationError`` where that cannot be used."""
        try:
            self._use(self._given())
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"the serving certificate cannot be used: {_why(error)}") from error

    def reload(self) -> bool | None:
        """Load what has changed: whether it could be used, None where it is the same as before."""
        try:
            given = self._given()
        except OSError as error:
            return self._keep(str(error), error)
        if given == self._loaded:
            self._refused = None
            return None
        if given == self._refused:
            return None
        try:
            self._use(given)
        except (OSError, ValueError) as error:
            return self._keep(given, error)
        log.info("a new serving certificate is in use")
        return True

    def _given(self) -> _Given:
        return _Given(self._source(), self._clients())

    def _clients(self) -> bytes | None:
        return None if self._client_ca is None else Path(self._client_ca).read_bytes()

    def _first(self) -> ssl.SSLContext:
        try:
            return _context(self._minimum, self._clients())
        except OSError as error:
            raise ConfigurationError(f"{self._client_ca}: the client CA cannot be used: {_why(error)}") from error

    def _use(self, given: _Given) -> None:
        context = _context(self._minimum, given.clients)
        _load(context, given.pair)
        self._serving, self._loaded, self._refused = context, given, None

    def _hand(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        connection.context = self._serving

    def _keep(self, bad: _Given | str, error: Exception) -> bool | None:
        """Say once of each bad one that the old one is kept."""
        if bad == self._refused:
            return None
        self._refused = bad
        kept = (
            "the new serving certificate cannot be used, the old one is kept" if self.loaded else "no certificate yet"
        )
        log.error("%s: %s", kept, _why(error))
        return False

    async def follow(self, every: float, told: Callable[[bool], None]) -> None:
        """Reload whenever the source has changed, for ever; *told* hears whether it could be used."""
        while True:
            await asyncio.sleep(every)
            used = await asyncio.to_thread(self.reload)
            if used is not None:
                told(used)


def _context(minimum: str, clients: bytes | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[minimum]
    # Who comes back is asked for its certificate again: whoever was trusted may be no more. API servers keep their
    # connections, and resume none. (TLS 1.3; in 1.2 Python has no say in it.)
    context.num_tickets = 0
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        with _file(clients) as name:
            context.load_verify_locations(name)
    return context


def _load(context: ssl.SSLContext, pair: Pair) -> None:
    """Load *pair*; the files that ``ssl`` wants hold what was read once, not what may stand there a moment later."""
    with _file(pair.certificate) as certificate, _file(pair.key) as key:
        # Without a password OpenSSL would ask for one at the terminal.
        context.load_cert_chain(certificate, key, "")


@contextmanager
def _file(content: bytes) -> Iterator[str]:
    """The name of a file with *content* that nobody else sees; in memory, since the root may be read-only."""
    with open(os.memfd_create("tls"), "wb") if sys.platform == "linux" else NamedTemporaryFile() as file:  # noqa: PTH123
        file.write(content)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}" if sys.platform == "linux" else str(file.name)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or "it is not PEM"
    return str(error)
