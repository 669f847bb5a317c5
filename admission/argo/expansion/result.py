"""What an expansion is: the document, what it was made of, and what could not be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from admission.model.catalog import UNAVAILABLE, Absent
from admission.model.document import Document
from admission.model.finding import Action, Finding
from admission.model.path import Path


@dataclass(frozen=True, slots=True)
class Source:
    """
    An object that was written out, as it was found; *path* is the first reference that leads to it.

    *namespace* is empty for a ClusterWorkflowTemplate.
    """

    kind: str
    namespace: str
    name: str
    document: Document = field(repr=False, hash=False)
    path: Path = field(default_factory=Path, compare=False)


class Key(NamedTuple):
    """A template of another object: *kind* and *name* of that, and its own name."""

    kind: str
    name: str
    template: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A reference, at *path*, that leads nowhere; *absent*: nobody has what it names, or nobody could look."""

    path: Path
    kind: str
    namespace: str
    name: str
    absent: Absent
    message: str


@dataclass(frozen=True, slots=True)
class Left:
    """A reference that stays as it is, and why."""

    path: Path
    reason: str


def _here(path: Path) -> Path:
    return path


@dataclass(frozen=True)
class Expansion:
    """
    *document* with what it refers to in it.

    *sources* are the objects used; *copies* what those of its templates, by index, are copies of that stood elsewhere;
    *missing* the references that lead nowhere; *unexpanded* those that stay for another reason; *forbidden* the fields
    that the controller's ``templateReferencing`` mode does not allow; *error* why nothing could be merged, at
    *error_path*. All of these paths are in what the author wrote; ``place`` turns a
    path in *document* into one of those, or into that of the reference that brought it in.
    """

    document: Document
    sources: tuple[Source, ...] = ()
    missing: tuple[Missing, ...] = ()
    unexpanded: tuple[Left, ...] = ()
    forbidden: tuple[tuple[Path, str], ...] = ()
    error: str | None = None
    error_path: Path = field(default_factory=Path)
    place: Callable[[Path], Path] = field(default=_here, compare=False, repr=False)
    copies: Mapping[int, Key] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the controller would not take of the references, as findings."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Finding]:
        if self.error is not None:
            yield Finding("schema/merge", self.error_path, self.error, Action.DENY)
        for each in self.missing:
            action = Action.WARN if each.absent is UNAVAILABLE else Action.DENY
            yield Finding("schema/reference", each.path, each.message, action)
        for path, message in self.forbidden:
            yield Finding("schema/template-referencing", path, message, Action.DENY)
