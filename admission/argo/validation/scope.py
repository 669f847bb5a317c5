"""Which names are known at a place, and which tags Argo accepts there."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace

from admission.argo.validation.tables import tables
from admission.argo.validation.text import leftovers

ITEM, OUTPUT_PARAMETERS, OUTPUT_ARTIFACTS = "item", "output-parameters", "output-artifacts"


@dataclass
class Scope:
    """
    The names that are known at a place; filled while Argo's way is followed.

    *names* are those of the template, shared by its steps; *own* those of one task; *known* those of the workflow.
    *marks* stand for any name of a kind (``variables.yaml``), *everywhere* those of the whole workflow. *opaque* are
    steps and tasks of which nothing is said because their template could not be found.
    """

    known: Container[str]
    names: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    everywhere: set[str] = field(default_factory=set)
    opaque: set[str] = field(default_factory=set)
    own: frozenset[str] | set[str] = frozenset()
    in_template: bool = False

    def within(self, own: set[str], marks: set[str]) -> Scope:
        """This scope with names and marks that only one task has."""
        return replace(self, own=own, marks=self.marks | marks)

    def accepts(self, name: str) -> bool:
        """Whether a tag of that name is accepted here."""
        if name in self.names or name in self.own or name in self.known:
            return True
        return name.startswith(self._prefixes()) or self._is_opaque(name)

    def _prefixes(self) -> tuple[str, ...]:
        table = tables()
        prefixes = table.always + (table.in_templates if self.in_template else ())
        for mark in self.marks | self.everywhere:
            prefixes += table.marked[mark]
        return prefixes

    def _is_opaque(self, name: str) -> bool:
        return bool(self.opaque) and ".".join(name.split(".", 2)[:2]) in self.opaque

    def unresolved(self, text: str, also: Callable[[str], bool] | None = None) -> Iterator[tuple[str, str]]:
        """The tags of *text* that Argo refuses: (name, body). *also* says of further names whether they are known."""
        checked = tables().checked
        for name, body in leftovers(text):
            if name.startswith(checked) and not self.accepts(name) and not (also and also(name)):
                yield name, body
