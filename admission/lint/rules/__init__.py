"""Every rule, in the order in which they are documented."""

from __future__ import annotations

from admission.lint.rule import Rule
from admission.lint.rules.beyond import BEYOND
from admission.lint.rules.guards import CHANGES, GUARDS
from admission.lint.rules.others import OTHERS
from admission.lint.rules.parts import PARTS
from admission.lint.rules.references import REFERENCES

#: The rules that Argo itself has: what it refuses.
ARGO: tuple[Rule, ...] = (*PARTS, *REFERENCES)
RULES: tuple[Rule, ...] = (*ARGO, *BEYOND, *OTHERS, *GUARDS)

#: Every rule that there is: those above, and those that only a change of a template is judged by.
ALL: tuple[Rule, ...] = (*RULES, *CHANGES)
