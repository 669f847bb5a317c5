"""
Expressions (expr-lang): the language of ``{{=…}}``, hooks, ``labelsFrom``, ``retryStrategy.expression`` and many more.

Parsed to a tree with positions and never evaluated; :attr:`Expression.names` are the paths that it reads from its
environment, :attr:`Expression.calls` the functions that it calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from admission.argo.languages import remembered
from admission.argo.languages.expr_names import Path, calls, names
from admission.argo.languages.expr_nodes import Node
from admission.argo.languages.expr_operators import CLOSURES
from admission.argo.languages.expr_parser import tree
from admission.argo.languages.expr_types import type_of
from admission.errors import LanguageError

__all__ = ["BUILTINS", "Expression", "Path", "parse"]

_FUNCTIONS = """
    len type abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter replace
    repeat join indexOf lastIndexOf hasPrefix hasSuffix max min mean median toJSON fromJSON toBase64 fromBase64 now
    duration date timezone first last get take keys values toPairs fromPairs reverse uniq concat flatten sort bitand
    bitor bitxor bitnand bitnot bitshl bitshr bitushr
"""
#: The functions of the language itself.
BUILTINS = frozenset(_FUNCTIONS.split()) | frozenset(CLOSURES)

#: Longer texts are no expressions that anybody wrote.
MAX_LENGTH = 100_000


@dataclass(frozen=True)
class Expression:
    """A parsed expression."""

    text: str
    root: Node

    @cached_property
    def names(self) -> tuple[Path, ...]:
        """The paths that are read from the environment, functions and local names left out."""
        return tuple(names(self.root))

    @cached_property
    def calls(self) -> tuple[Path, ...]:
        """The functions that are called: ``sprig.trim(x)`` has the parts ``("sprig", "trim")``."""
        return tuple(calls(self.root))

    @property
    def type(self) -> str:
        """What the value certainly is: ``bool``, ``number``, ``string``, ``array``, ``map``, ``nil``, or ``""``."""
        return type_of(self.root)


@remembered
def parse(text: str) -> Expression:
    """*text* as an expression."""
    if len(text) > MAX_LENGTH:
        raise LanguageError(f"the expression is longer than {MAX_LENGTH} characters")
    return Expression(text, tree(text))
