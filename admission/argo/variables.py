"""
``{{…}}`` and templates: what refers to what, which names exist where, and what Argo's validator refuses of it.

:func:`analyse` goes Argo's own way through an object (argo-validation, sections 3 to 7), and finds all problems rather
than the first. Rules, and whoever wants to know what a reference leads to, read its :class:`Analysis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from admission.argo.checks import whole
from admission.argo.validation.problem import Problem, Weight
from admission.argo.validation.references import Callee
from admission.argo.validation.text import Reader
from admission.argo.validation.visit import Call, Visit
from admission.argo.validation.walk import Walk
from admission.argo.validation.workflow import SPECS, Options, Validation
from admission.model.catalog import Catalog
from admission.model.document import Document, text

__all__ = ["Analysis", "Call", "Callee", "Options", "Problem", "Visit", "Weight", "analyse"]


@dataclass(frozen=True)
class Analysis:
    """
    What following the references of an object finds.

    *problems*: all that Argo refuses, by rule id. *checked*: every template that it looks at (own, inline, referenced),
    once each, with made-up values put in where the real ones are not known (argo-validation 3.3, steps 1 to 6).
    *bodies*: those whose body and outputs it looks at (steps 7 to 10; several inline templates without a name count as
    one). *calls*: every reference that it follows.
    """

    problems: tuple[Problem, ...] = ()
    checked: tuple[Visit, ...] = ()
    bodies: tuple[Visit, ...] = ()
    calls: tuple[Call, ...] = ()
    _walk: Walk | None = field(default=None, repr=False, compare=False)
    _newest: bool = True

    @cached_property
    def unchecked(self) -> tuple[Problem, ...]:
        """What is wrong where Argo does not look; of what it cannot look up nothing is said."""
        found = whole.unchecked(self._walk, newest=self._newest) if self._walk else ()
        return tuple(problem for problem in found if problem.weight is Weight.CERTAIN)

    def of(self, rule: str) -> Sequence[Problem]:
        """The problems of the rule of that id."""
        return self._by_rule.get(rule, ())

    @cached_property
    def _by_rule(self) -> dict[str, list[Problem]]:
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.rule, []).append(problem)
        return found


def analyse(document: Document, catalog: Catalog, options: Options, read: Reader | None = None) -> Analysis:
    """Follow the references of *document*, its texts read by *read*; of a kind without templates nothing is said."""
    if text(document.get("kind")) not in SPECS:
        return Analysis()
    walk = Validation(document, catalog, options, read).run()
    for problem in whole.problems(document, SPECS[text(document.get("kind"))], walk, newest=options.newest):
        walk.report.add(problem)
    problems = tuple(walk.report.problems.values())
    return Analysis(
        problems, tuple(walk.checked), tuple(walk.bodies), tuple(walk.calls), _walk=walk, _newest=options.newest
    )
