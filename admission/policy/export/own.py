"""The variables of a policy whose targets are many: the API server has variables for a whole request alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from admission.policy.export.text import Unexportable, checked, renamed
from admission.policy.program import Variable

#: Characters of what is written out where the variable stood; what is longer is given a name in the expression.
_LONG = 400


@dataclass(frozen=True)
class Own:
    """
    A policy's variables. *names*: what each is replaced by; one that cannot be exported is left out.

    *lets*: names and what they stand for; each may use those before it.
    """

    names: Mapping[str, str]
    lets: dict[str, str]

    @classmethod
    def kept(cls, variables: Iterable[Variable], names: Mapping[str, str], roots: Iterable[str]) -> Own:
        """Variables that are about the Workflow: they stay what they are."""
        found = cls.written_out(variables, names, roots).names
        return cls({name: name for name in found}, {})

    @classmethod
    def written_out(cls, variables: Iterable[Variable], names: Mapping[str, str], roots: Iterable[str]) -> Own:
        """Variables that are about one target of many."""
        own: dict[str, str] = {}
        lets: dict[str, str] = {}
        for variable in variables:
            used = (name for name in variable.expression.reads.names if name.startswith("variables."))
            try:
                text = renamed(checked(variable.expression.text, roots), {**names, **own})
            except Unexportable:
                continue
            if not all(name in own for name in used):
                continue
            name = f"its_{variable.name}"
            own[f"variables.{variable.name}"] = name if len(text) > _LONG else f"({text})"
            if len(text) > _LONG:
                lets[name] = text
        return cls(own, lets)

    def around(self, text: str) -> str:
        """*text* with a meaning for the names in it: ``map`` gives the only element of a list a name."""
        for name, value in reversed(self.lets.items()):
            if re.search(rf"\b{name}\b", text):
                text = f"[{value}].map({name}, {text})[0]"
        return text
