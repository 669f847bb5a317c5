"""Every rule, in the order in which they are documented."""

from __future__ import annotations

from admission.lint.rule import Rule
from admission.lint.rules.beyond import BEYOND

RULES: tuple[Rule, ...] = (*BEYOND,)
