"""What was judged and what was found, with the places of it: the value that every format is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from admission.model.finding import Action, Finding


@dataclass(frozen=True, slots=True)
class Judged:
    """
    One object that was judged. *document* counts the documents of *file* from 0; *item* is its place in that where it
    is one of a ``List``.
    """

    file: str
    document: int
    api_version: str
    kind: str
    namespace: str
    name: str
    allowed: bool
    item: str = ""

    @property
    def where(self) -> tuple[str, int, str]:
        """What tells it from all others."""
        return self.file, self.document, self.item


@dataclass(frozen=True, slots=True)
class Located:
    """
    A finding, and where it stands; *line* and *column* count from 1, and are 0 where there is no text. *item* as in
    ``Judged``.
    """

    file: str
    document: int
    line: int
    column: int
    finding: Finding
    item: str = ""

    @property
    def where(self) -> tuple[str, int, str]:
        """The object that it is about."""
        return self.file, self.document, self.item

    @property
    def place(self) -> str:
        """``a.yaml:12:9``, as editors and terminals take it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Report:
    """
    The outcome of one run: *objects* in the order in which they were given, *findings* by file, line and column.

    *titles* has what the sources of the findings want, in one sentence, and *reasons* why, as far as that is known.
    """

    objects: tuple[Judged, ...] = ()
    findings: tuple[Located, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def denied(self) -> int:
        """How many objects are not allowed."""
        return sum(not judged.allowed for judged in self.objects)

    @property
    def warned(self) -> int:
        """How many objects are allowed with a warning."""
        warned = {found.where for found in self.findings if found.finding.action is Action.WARN}
        return sum(judged.allowed and judged.where in warned for judged in self.objects)

    def of(self, judged: Judged) -> tuple[Located, ...]:
        """What was found in *judged*."""
        return tuple(found for found in self.findings if found.where == judged.where)

    def by_file(self) -> Iterator[tuple[str, list[Located]]]:
        """The findings, file by file."""
        for file, found in groupby(self.findings, key=lambda found: found.file):
            yield file, list(found)


def counted(count: int, noun: str) -> str:
    """``1 object``, ``2 objects``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


#: What could change what a terminal or a log shows of a manifest that somebody else wrote.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """*text* with control characters written as escapes."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
