"""Where serving certificate and caBundle come from: of our own making, or files that others renew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import Protocol

from admission.cluster import certificates
from admission.cluster.rotation import Kept
from admission.errors import ClusterError
from admission.model.document import Document, text
from admission.serve.tls import Pair, from_files

#: How long an authority of others stays in the caBundle after it was replaced in its file: the files of all pods are
#: renewed within minutes.
_GOING = timedelta(hours=1)


class Authorities(Protocol):
    """Where serving certificate and caBundle come from."""

    def pair(self) -> Pair:
        """What to serve with; ``OSError`` where it cannot be had, or should not be served with yet."""

    def keep(self, announced: Callable[[bytes], bool]) -> None:
        """The leader's part: renew what is ours to renew."""

    def bundle(self, published: bytes) -> bytes:
        """The caBundle, where *published* is the one before."""


class OfOurs:
    """Certificates of our own making."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def keep(self, announced: Callable[[bytes], bool]) -> None:
        self._kept.keep(announced)

    def pair(self) -> Pair:
        try:
            leaf = self._kept.current().leaf
        except (ClusterError, ValueError) as error:
            raise OSError(str(error)) from error
        return Pair(leaf.certificate, leaf.key)

    def bundle(self, published: bytes) -> bytes:
        return (self._kept.held or self._kept.current()).bundle


class OfFiles:
    """
    Certificates that others make and renew: cert-manager, or whoever brings his own.

    A new one is served with once *trusted* says that the API server knows its authority.
    """

    def __init__(self, tls: Document, trusted: Callable[[bytes], bool] | None) -> None:
        self._read, self._ca, self._trusted = from_files(tls["certificate"], tls["key"]), tls.get("ca"), trusted
        self._served: Pair | None = None
        self._going: dict[bytes, datetime] = {}

    def pair(self) -> Pair:
        pair = self._read()
        if self._served is not None and pair != self._served and self._trusted is not None:
            self._wait(pair)
        self._served = pair
        return pair

    def keep(self, announced: Callable[[bytes], bool]) -> None:
        """Whoever made them renews them."""

    def bundle(self, published: bytes) -> bytes:
        now = datetime.now(UTC)
        bundle = File(text(self._ca)).read_bytes()
        since = self._going.setdefault(bundle, now)
        others = published if now - since < _GOING else b""
        return certificates.union(bundle, others, now=now)

    def _wait(self, pair: Pair) -> None:
        assert self._trusted is not None and self._served is not None, "there is something to wait for"
        try:
            over = certificates.expires(self._served.certificate) <= datetime.now(UTC)
            if not over and not self._trusted(pair.certificate):
                raise OSError("the webhook configurations do not know its authority yet")
        except ClusterError as error:
            raise OSError(str(error)) from error
        except ValueError:
            # What cannot be read is refused, with the reason, by whoever loads it.
            return
