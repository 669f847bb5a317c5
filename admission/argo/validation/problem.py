"""What is wrong with a reference, an argument or a variable, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from admission.model.path import Path


class Weight(Enum):
    """How certain a problem is."""

    #: Argo refuses the object.
    CERTAIN = "certain"
    #: Argo refuses the object as long as what it refers to is not there; it may yet come.
    MISSING = "missing"
    #: Nobody could look: whether Argo refuses the object is not known.
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Argo refuses: the id of its rule, its place in what the author wrote, and what to do."""

    rule: str
    path: Path
    message: str
    weight: Weight = Weight.CERTAIN
