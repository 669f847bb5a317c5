"""Where problems are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from admission.argo.validation.place import Place
from admission.argo.validation.problem import Problem, Weight
from admission.argo.validation.suggest import Suggestions
from admission.argo.validation.values import PLACEHOLDER, PLACEHOLDERS
from admission.model.path import Path


@dataclass
class Report:
    """The problems found so far, each once, in the order in which they were found; and what was probably meant."""

    problems: dict[tuple[str, Path, str], Problem] = field(default_factory=dict)
    suggestions: Suggestions = field(default_factory=Suggestions)

    def problem(self, rule: str, place: Place, message: str, weight: Weight = Weight.CERTAIN) -> None:
        """Note a problem at that place."""
        self.add(Problem(rule, place.path, message + place.note, weight))

    def add(self, problem: Problem) -> None:
        """Note a problem that is ready; what stands for unknown values in it is of no use to its reader."""
        if PLACEHOLDER in problem.message:
            problem = replace(problem, message=PLACEHOLDERS.sub("{{…}}", problem.message))
        self.problems.setdefault((problem.rule, problem.path, problem.message), problem)
