"""How large, how many and how long a request may be."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass

#: The largest review that we read. etcd refuses objects over 1.5 MiB and JSON may double that;
#: a review carries two objects, old and new, and its own fields: 2 × 3 MiB + 1 MiB.
MAX_REVIEW = 7 * 1024**2

#: As many bodies of the largest size may be held at once: 70 MiB by default. All that may be in flight would be ten
#: times as much, more than a pod has.
_LARGEST_AT_ONCE = 10

#: Go's units of time (``time.ParseDuration``), in seconds.
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d{1,9}(?:\.\d{0,9})?)(ns|us|µs|μs|ms|s|m|h)")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What one process takes upon itself.

    *body* is bytes, *in_flight* requests that are being read or reviewed, *seconds* the longest review, *margin* the
    part of the caller's timeout that is left for the way back, *workers* threads that review.
    """

    body: int = MAX_REVIEW
    in_flight: int = 100
    seconds: float = 10.0
    margin: float = 0.3
    workers: int = 2 * (os.cpu_count() or 1)

    @property
    def held(self) -> int:
        """Bytes of all bodies that are held at once."""
        return self.body * _LARGEST_AT_ONCE

    def time(self, asked: str | None) -> float:
        """The seconds for a request whose caller waits for *asked* (``?timeout=``, a duration of Go's)."""
        waits = duration(asked or "")
        if not waits:
            return self.seconds
        return min(max(waits - self.margin, waits / 2), self.seconds)


class Room:
    """Room for so many bytes of bodies; threads may share it."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        """Take room for *count* bytes, if there is as much."""
        with self._lock:
            if count > self._left:
                return False
            self._left -= count
            return True

    def give(self, count: int) -> None:
        """Give back what was taken."""
        with self._lock:
            self._left += count


def duration(text: str) -> float | None:
    """The seconds that *text* means, such as ``1m30s``; None where it is no such text."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
