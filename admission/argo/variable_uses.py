"""The variables that the texts of a workflow use, as far as their tags can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from admission.argo.languages import LanguageError, expr
from admission.argo.languages.tags import OPEN
from admission.argo.validation.text import Text as Tagged
from admission.model.path import Path


class Use(NamedTuple):
    """
    A variable that a text uses, by the parts of its name.

    *expression*: in an expression; *guarded*: its absence is provided for; *open*: more of its name follows that only
    the run knows; *is_first*: the text begins with its tag; *is_whole*: the text is that tag and nothing else.
    """

    parts: tuple[str, ...]
    expression: bool = False
    guarded: bool = False
    open: bool = False
    is_first: bool = False
    is_whole: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.parts)


@dataclass(eq=False)
class Text:
    """A text in which a tag stands, *within* what has that place."""

    within: Path
    read: Tagged

    @property
    def path(self) -> Path:
        return self.within.join(self.read.steps)

    @property
    def text(self) -> str:
        return self.read.text

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The variables that its tags use; of an expression that cannot be read, none."""
        return tuple(_uses(self.read))


def needed(texts: Iterable[Text], root: str) -> Iterator[tuple[Path, Use]]:
    """The places of *texts* that need something of a step or task (*root*: ``steps`` or ``tasks``), and what."""
    for each in texts:
        for use in each.uses:
            if use.parts[0] == root and len(use.parts) > 2 and not use.guarded:
                yield each.path, use


def _uses(read: Tagged) -> Iterator[Use]:
    for tag in read.tags:
        if tag.is_expression:
            yield from uses_of(tag.expression)
            continue
        # Of a tag within a tag, the inner one is filled in first.
        inner = tag.body.rpartition(OPEN)
        first = tag.start == 0 and not tag.body[:1].isspace()
        whole = tag.start == 0 and tag.end == len(read.text)
        parts = tuple(inner[2].strip().split("."))
        yield Use(parts, False, False, bool(inner[1]), first, whole)


def uses_of(expression: str) -> Iterator[Use]:
    """The variables that an expression uses; none where it cannot be read."""
    try:
        names = expr.parse(expression).names
    except LanguageError:
        return
    for path in names:
        yield Use(path.parts, True, path.guarded, path.open)
