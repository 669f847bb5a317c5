"""
Pins: the content of a template that an author wants, and no other (``argo-admission.io/pins``, interfaces.md 7).

A Workflow, a CronWorkflow or a template says for templates that it uses, at any depth, which digest they must have.
Everybody's pins count for everything that is used: there is but one object of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from admission.model.annotations import PINS, said
from admission.model.catalog import UNAVAILABLE, Absent, scope_of
from admission.model.document import Document, mapping
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.trust.digest import digest

PLACE = Path(("metadata", "annotations", PINS))

_TARGET = re.compile(r"(namespaced|cluster)/.+", re.DOTALL)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

_FORM = 'must be a JSON object of digests: {"namespaced/<name>": "sha256:…", "cluster/<name>": "sha256:…"}'


class Referred(Protocol):
    """What a reference names; *path* is where it stands."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...


class Found(Referred, Protocol):
    """A referred object that is there."""

    @property
    def document(self) -> Document: ...


class Lost(Referred, Protocol):
    """A referred object that is not there, or that nobody could look up."""

    @property
    def absent(self) -> Absent: ...


def findings(document: Document, found: Iterable[Found], lost: Iterable[Lost] = ()) -> Iterator[Finding]:
    """
    Where what *document* uses is not what it, or a template that it uses, has pinned.

    *found* are the objects behind its references, at any depth, *lost* the references without one. What is missing is
    no matter of pins; what could not be looked up may be anything, so that a pin refuses it.
    """
    used = list(found)
    yield from (_finding(PLACE, problem) for problem in malformed(document))
    for each in used:
        yield from (_finding(each.path, f"{_what(each)}: {PINS} {problem}") for problem in malformed(each.document))
    holders = [("", pins(document)), *((_what(each), pins(each.document)) for each in used)]
    for each in used:
        for by, wanted in _pinned(each, holders):
            if wanted != (there := digest(each.document)):
                message = (
                    f"{_what(each)} is not what {by or 'this object'} has pinned: {wanted} is wanted, it is {there}"
                )
                yield _finding(each.path, message)
    for reference in lost:
        if reference.absent is UNAVAILABLE and any(_pinned(reference, holders)):
            yield _finding(reference.path, f"{_what(reference)} is pinned and could not be looked up")


def pins(document: Document) -> dict[str, str]:
    """What *document* pins, by target; what is not of the form of a pin counts as absent."""
    entries = mapping(said(document, PINS)).items()
    return {target: wanted for target, wanted in entries if _TARGET.fullmatch(target) and _is_digest(wanted)}


def malformed(document: Document) -> Iterator[str]:
    """What of the pins of *document* cannot be read: it pins nothing, which its author did not mean."""
    written = said(document, PINS)
    if written is None:
        return
    if not isinstance(written, dict):
        yield _FORM
        return
    for target, wanted in written.items():
        if not _TARGET.fullmatch(target):
            yield f"{_FORM}, and {target!r} is no such name"
        elif not _is_digest(wanted):
            yield f"{_FORM}, and {wanted!r} is no digest"


def _pinned(referred: Referred, holders: Iterable[tuple[str, dict[str, str]]]) -> Iterator[tuple[str, str]]:
    """Who pins what is *referred* to, each with the digest that it wants."""
    target = scope_of(referred.kind, referred.name)
    return ((by, wanted[target]) for by, wanted in holders if target in wanted)


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _what(referred: Referred) -> str:
    return f"{referred.kind} {referred.name!r}"


def _finding(path: Path, message: str) -> Finding:
    return Finding("pins", path, message, Action.DENY)
