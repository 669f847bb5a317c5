"""What the leader does beside answering: each duty again and again, as long as it leads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from admission.errors import ClusterError

log = logging.getLogger("admission.cluster")


class Leadership(Protocol):
    """Whether we lead."""

    @property
    def leads(self) -> bool: ...


class Duties:
    """
    Does each of *duties* every so many seconds in a thread of its own, while we lead.

    One that fails is said once, not at every attempt, and keeps none of the others from being done.
    """

    def __init__(self, leadership: Leadership, duties: Mapping[str, Callable[[], None]], seconds: float) -> None:
        self._leadership, self._duties, self._seconds = leadership, duties, seconds
        #: What is wrong with each duty now.
        self.problems: dict[str, str] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="duties", daemon=True)

    @property
    def names(self) -> Collection[str]:
        """What the duties are called."""
        return self._duties.keys()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more."""
        self._ending.set()

    def once(self) -> None:
        """Do each duty, if we lead."""
        for name, duty in self._duties.items():
            # Asked again before each: leading may end at any moment.
            if self._ending.is_set() or not self._leadership.leads:
                return
            self._do(name, duty)

    def _do(self, name: str, duty: Callable[[], None]) -> None:
        try:
            duty()
        except (ClusterError, OSError, ValueError) as error:
            if self.problems.get(name) != str(error):
                log.error("%s: %s", name, error)
            self.problems[name] = str(error)
        except Exception as error:
            # A mistake of ours in one duty must not end the others.
            log.exception("%s: a mistake of ours", name)
            self.problems[name] = str(error)
        else:
            if self.problems.pop(name, None) is not None:
                log.info("%s: done again", name)

    def _run(self) -> None:
        while not self._ending.is_set():
            self.once()
            self._ending.wait(self._seconds)
