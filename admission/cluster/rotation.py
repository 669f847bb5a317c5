"""
Our own authority and serving certificate: made once, renewed in time, rolled without a lost request.

An authority is rolled in three steps, each of which waits until everybody has heard of the one before: the new one is
*coming* and in the caBundle beside the old one; it signs the serving certificate, and the old one is *going*; the old
one is gone. All that must be known of it is kept with the certificates, so that any replica can take the next step.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from admission.cluster import certificates
from admission.cluster.certificates import Certificate

log = logging.getLogger("admission.cluster")


@dataclass(frozen=True, kw_only=True)
class Held:
    """
    What is kept. *since* is the time of the last step of rolling; *version* that of the store, to write only over it.

    *asked* is what somebody wrote to have the authority rolled, *done* what of that has been seen to.
    """

    authority: Certificate
    leaf: Certificate
    coming: Certificate | None = None
    going: bytes = b""
    since: datetime
    asked: str = ""
    done: str = ""
    version: str = field(default="", compare=False)

    @property
    def bundle(self) -> bytes:
        """The caBundle: everybody who may have signed what some replica serves with, now or after the next step."""
        return self.authority.certificate + (self.coming.certificate if self.coming else b"") + self.going


@dataclass(frozen=True, kw_only=True)
class Times:
    """How long *authority* and *leaf* last, how long before its end each is renewed, and one step of rolling."""

    authority: timedelta = timedelta(days=365)
    leaf: timedelta = timedelta(days=90)
    renew: timedelta = timedelta(days=30)
    settle: timedelta = timedelta(seconds=60)


def first(hosts: tuple[str, ...], times: Times, now: datetime) -> Held:
    """An authority and a leaf, where there are none."""
    issuer = _authority(times, now)
    return Held(authority=issuer, leaf=_leaf(issuer, hosts, times, now), since=now)


def step(held: Held, hosts: tuple[str, ...], times: Times, now: datetime, announced: bool) -> Held:
    """
    What should be kept after *held*; the same where nothing is to be done.

    *announced*: whether the API server was told to trust all of ``held.bundle``.
    """
    settled = now - held.since >= times.settle
    if certificates.expires(held.authority.certificate) <= now:
        # Nobody trusts it any more, so that nothing can be lost.
        return replace(first(hosts, times, now), asked=held.asked, done=held.asked, version=held.version)
    if held.coming is not None and settled and announced:
        made = _leaf(held.coming, hosts, times, now)
        return replace(held, authority=held.coming, leaf=made, coming=None, going=held.authority.certificate, since=now)
    if held.going and settled:
        return replace(held, going=b"", since=now)
    if _due(held.leaf, times, now) or certificates.names(held.leaf.certificate) != frozenset(hosts):
        return replace(held, leaf=_leaf(held.authority, hosts, times, now))
    rolling = held.coming is not None or held.going
    if not rolling and (_due(held.authority, times, now) or held.asked != held.done):
        return replace(held, coming=_authority(times, now), since=now, done=held.asked)
    return held


def checked(held: Held) -> Held:
    """*held*; ValueError where it cannot be served with: keys that do not fit, a leaf of somebody else."""
    for what, made in (("authority", held.authority), ("serving certificate", held.leaf), ("coming", held.coming)):
        if made is not None and not certificates.matches(made):
            raise ValueError(f"{what}: certificate and key do not belong together")
    if not certificates.trusts(held.bundle, held.leaf.certificate):
        raise ValueError("the serving certificate is not signed by the authority beside it")
    return held


class Store(Protocol):
    """Where it is kept. All raise ``OSError`` or ``ClusterError`` where it cannot be reached."""

    def read(self) -> Held | None:
        """What is kept; None where there is nothing, ValueError where it cannot be used."""

    def create(self, held: Held) -> Held:
        """Keep *held*, unless somebody else was first: what is kept then."""

    def replace(self, held: Held) -> Held:
        """Keep *held* in place of what it was made of; an error where that has changed meanwhile."""


class Kept:
    """What is in *store*, for *hosts*. Any replica serves with it, the leader alone takes steps."""

    def __init__(
        self,
        store: Store,
        hosts: tuple[str, ...],
        times: Times = Times(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._hosts, self._times, self._clock = store, hosts, times, clock
        #: What was good when we looked last.
        self.held: Held | None = None

    def current(self) -> Held:
        """What to serve with: made by whoever comes first. ValueError where what is kept cannot be used."""
        found = self._store.read()
        if found is None:
            # What everybody serves with is not lost because somebody deleted it: the leader puts it back.
            found = self.held or self._store.create(first(self._hosts, self._times, self._clock()))
        self.held = checked(found)
        return self.held

    def keep(self, announced: Callable[[bytes], bool]) -> Held:
        """The leader's part: the next step, if it is time for one; what was deleted is put back."""
        found = self._store.read()
        if found is None and self.held is not None:
            log.warning("the certificates were deleted; those that are being served with are put back")
            found = self._store.create(self.held)
        found = checked(found or self.current())
        then = step(found, self._hosts, self._times, self._clock(), found.coming is None or announced(found.bundle))
        if then != found:
            then = self._store.replace(then)
            log.info("certificates: %s", _told(found, then))
        self.held = then
        return then


def _told(before: Held, after: Held) -> str:
    if after.coming is not None and before.coming is None:
        return "a new authority is announced beside the old one"
    if after.authority != before.authority:
        return "the new authority has signed the serving certificate"
    if before.going and not after.going:
        return "the old authority is trusted no more"
    return "the serving certificate was renewed"


def _authority(times: Times, now: datetime) -> Certificate:
    return certificates.authority("argo-admission", now=now, days=times.authority / timedelta(days=1))


def _leaf(issuer: Certificate, hosts: tuple[str, ...], times: Times, now: datetime) -> Certificate:
    return certificates.leaf(issuer, hosts, now=now, days=times.leaf / timedelta(days=1))


def _due(made: Certificate, times: Times, now: datetime) -> bool:
    # Of one that does not last long the half is left, so that it is not renewed at every look.
    return certificates.expires(made.certificate) - now < min(times.renew, certificates.lasts(made.certificate) / 2)
