"""One use of one thing."""

from __future__ import annotations

from dataclasses import dataclass

from admission.policy.targets import Found

#: What stands in a text that only the run knows.
OPEN = "{{"


@dataclass(frozen=True, slots=True)
class Act:
    """
    What a resource template does to an object, as its manifest says.

    *namespace* is empty for that of the Workflow, *name* where the run decides it.
    """

    action: str
    group: str
    version: str
    kind: str
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return f"{self.action} {kind}"


@dataclass(frozen=True, slots=True)
class Use:
    """
    One thing that is used, and where.

    *dimension* as in ``allow``, *name* of what is used; of a node selector *key* is the label and *name* its value; of
    a manifest *act* is what is done. *why*: why nobody knows yet what is used; empty where it is known. *placed*: where
    it is is a place in what the author wrote, not in the Workflow.
    """

    dimension: str
    name: str
    found: Found
    key: str = ""
    act: Act | None = None
    why: str = ""
    placed: bool = False

    def __str__(self) -> str:
        if self.act is not None:
            return str(self.act)
        return f"{self.key}={self.name}" if self.key else self.name


IN_THE_RUN = "it is known only when the workflow runs"


def named(dimension: str, name: str, found: Found, key: str = "") -> Use:
    """The use of what *name* says, which may have ``{{…}}`` in it."""
    return Use(dimension, name, found, key, why=IN_THE_RUN if OPEN in name else "")


def unknown(dimension: str, found: Found, why: str) -> Use:
    """A use of nobody knows what."""
    return Use(dimension, "", found, why=why)
