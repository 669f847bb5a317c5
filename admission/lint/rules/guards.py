"""The rules that keep what the authors of templates promise and ask for."""

from __future__ import annotations

from admission.lint.rules.breaking_change import breaking_change
from admission.lint.rules.parameter_contract import parameter_contract
from admission.lint.rules.template_in_use import template_in_use

#: On any object, in the order of their page.
GUARDS = (parameter_contract,)

#: On a template that changes or goes: what they need is known to the webhook alone.
CHANGES = (breaking_change, template_in_use)
