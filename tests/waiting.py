"""Patience: tests wait for what must come, and say how long it took."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any

#: Seconds for which a test waits for what must come: many more than it takes, as a machine may be busy with others.
PATIENCE = 60.0


def until(true: Callable[[], Any], seconds: float = PATIENCE) -> float:
    """Wait until *true* gives something true; after how many seconds that look at it began."""
    started = looked = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, f"not so after {seconds} s"
        time.sleep(0.02)
        looked = time.monotonic()
    return looked - started


def quickest(seconds: Iterable[float]) -> float:
    """The least of several times; no more of them are taken once one is within a second."""
    least = math.inf
    for each in seconds:
        least = min(least, each)
        if least < 1:
            break
    return least
