"""A rule, and how a function becomes one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import TypeAlias

from admission.argo.workflow import Workflow
from admission.model.finding import Action, Finding
from admission.model.path import Path

#: What a rule yields: where, and what; and how strictly, where that is not the rule's own action.
Hit: TypeAlias = tuple[Path, str] | tuple[Path, str, Action]
Check: TypeAlias = Callable[[Workflow], Iterator[Hit]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A check, and what a person needs in order to judge it."""

    id: str
    title: str
    rationale: str
    good: str
    bad: str
    action: Action
    check: Check
    #: What stands before the id in the source of its findings.
    family: str = "lint"
    #: The kinds that it is about; empty where it looks at whatever has templates.
    kinds: tuple[str, ...] = ()
    #: Words of which one must occur in the object, written as compact JSON; without one there is nothing to look at.
    mentions: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The source of its findings, ``lint/<id>``."""
        return f"{self.family}/{self.id}"

    def __call__(self, workflow: Workflow) -> list[Finding]:
        """What the rule finds in *workflow*."""
        if self.mentions and not workflow.mentions(self.mentions):
            return []
        hits = [*self.check(workflow)]
        return [self._finding(*hit) for hit in hits] if hits else []

    def _finding(self, path: Path, message: str, action: Action | None = None) -> Finding:
        return Finding(self.source, path, _bounded(message), action or self.action)


def rule(
    *,
    good: str,
    bad: str,
    action: Action = Action.DENY,
    family: str = "lint",
    kinds: tuple[str, ...] = (),
    mentions: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """
    Makes a rule of a function: its name is the id, its docstring the title and the rationale.

    *good* has no finding, *bad* has one on every line that is marked ``# finding``: they are documentation and test.
    """

    def made(check: Check) -> Rule:
        title, _, rationale = inspect.getdoc(check).partition("\n\n")  # type: ignore[union-attr]
        return Rule(
            id=check.__name__.replace("_", "-"),
            title=" ".join(title.split()),
            rationale=rationale,
            good=dedent(good).strip("\n") + "\n",
            bad=dedent(bad).strip("\n") + "\n",
            action=action,
            check=check,
            family=family,
            kinds=kinds,
            mentions=mentions,
        )

    return made


#: What a message is cut to, and a word in it: names and values in a manifest may be of any length.
_LONGEST, _LONG_WORD = 400, re.compile(r"(\S{60})\S{20,}")


def _bounded(message: str) -> str:
    """*message*, with long words cut where it is long itself."""
    if len(message) <= _LONGEST:
        return message
    cut = _LONG_WORD.sub(r"\1…", message)
    return cut if len(cut) <= _LONGEST else f"{cut[:_LONGEST]}…"
