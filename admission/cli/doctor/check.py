"""What the doctor finds, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from admission.cluster.client import Client, Refused
from admission.cluster.listing import items
from admission.model.document import Document


class Status(Enum):
    """How bad it is. *skip*: nobody could look."""

    OK = "ok"
    SKIP = "skip"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was seen, and what to do about it where that is not as it should be."""

    id: str
    status: Status
    message: str
    advice: str = ""


def ok(id: str, message: str) -> Check:
    """What is as it should be."""
    return Check(id, Status.OK, message)


def skip(id: str, message: str, advice: str = "") -> Check:
    """What could not be looked at, and why."""
    return Check(id, Status.SKIP, message, advice)


def warn(id: str, message: str, advice: str) -> Check:
    """What somebody should look at, and what to do."""
    return Check(id, Status.WARN, message, advice)


def fail(id: str, message: str, advice: str) -> Check:
    """What is wrong, and what to do."""
    return Check(id, Status.FAIL, message, advice)


@dataclass(frozen=True)
class Patient:
    """An installation: its configuration, with the namespace that it is in, and the cluster that it is to serve."""

    client: Client
    configuration: Document
    namespace: str

    def section(self, name: str) -> Document:
        """A section of the configuration."""
        found: Document = self.configuration[name]
        return found

    def get(self, path: str) -> Document | None:
        """The object at *path*; None where there is none."""
        try:
            return self.client.get(path)
        except Refused as error:
            if error.code == 404:
                return None
            raise

    def items(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Document]:
        """The objects of the collection at *path*; none where there is no such kind."""
        try:
            yield from items(self.client, path, query)
        except Refused as error:
            if error.code != 404:
                raise


#: One look at one thing.
Look = Callable[[Patient], Iterator[Check]]


def listed(names: object, most: int = 5) -> str:
    """*names* as a text, cut where they are many."""
    found = sorted(map(str, names))  # type: ignore[call-overload]
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest
