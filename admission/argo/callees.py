"""
What a reference leads to: the templates that can be called in a workflow spec, its own and those of other objects.

What stands behind a reference is looked up in the catalog; where only the run knows it, or nobody could look, the
callee is unknown and nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from admission.argo.kinds import referred
from admission.argo.languages.tags import OPEN
from admission.model.catalog import MISSING, Absent, scope_of
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: Looks up a ``templateRef``: the object that it names.
Lookup = Callable[[Document], "Document | Absent"]


@dataclass(frozen=True, slots=True)
class Callee:
    """
    The template that a reference leads to, with the *owner* in whose object it stands (empty: here).

    Without a *document* it is *missing*, or, where it is not, unknown.
    """

    document: Document | None = None
    missing: bool = False
    owner: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells this template from every other that has a name."""
        return self.owner, text(mapping(self.document).get("name"))


UNKNOWN = Callee()


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook of the workflow, a step or a task, or its ``onExit``; *path* is where it stands."""

    event: str
    path: Path
    document: Document
    callee: Callee
    #: The arguments that it hands on: those of its step where it is an exit hook and has none itself.
    arguments: Document

    @property
    def place(self) -> Path:
        """Where it names its template."""
        names = ("templateRef", "template") if self.path[-1] != "onExit" else ()
        return next((self.path / name for name in names if self.document.get(name)), self.path)

    @property
    def wanted(self) -> str:
        """The template that it names, for a message."""
        reference = mapping(self.document.get("templateRef"))
        if reference:
            return f"{text(reference.get('template'))!r} in {text(reference.get('name'))!r}"
        return repr(text(self.document.get("template")))


class Callees:
    """
    The templates that the workflow spec *spec* can call.

    *own* is the name of the object where it is a template itself, and whether it is of the whole cluster: a templateRef
    of that name means this very text, not what the cluster has.
    """

    def __init__(self, spec: Document, lookup: Lookup, own: tuple[str, bool] = ("", False)) -> None:
        self.spec = spec
        self._lookup = lookup
        self._own = own
        self._found: dict[tuple[str, bool], Document | Absent] = {}

    @cached_property
    def by_name(self) -> dict[str, Document]:
        """The templates that can be called by name here: its own, or those of its ``workflowTemplateRef``."""
        own = sequence(self.spec.get("templates"))
        reference = mapping(self.spec.get("workflowTemplateRef"))
        behind = self._object(reference) if reference else {}
        known = own if isinstance(behind, Absent) else [*own, *_templates(behind)]
        return {text(each.get("name")): each for each in reversed(known) if isinstance(each, dict) and each.get("name")}

    @cached_property
    def complete(self) -> bool:
        """Whether all templates are known that can be called by name."""
        reference = mapping(self.spec.get("workflowTemplateRef"))
        return not reference or not isinstance(self._object(reference), Absent)

    def hooks_of(self, path: Path, holder: Document, arguments: Document) -> Iterator[Hook]:
        """The hooks of *holder*, which stands at *path* and has those arguments."""
        for event, hook in mapping(holder.get("hooks")).items():
            document = mapping(hook)
            given = mapping(document.get("arguments"))
            inherits = event == "exit" and not any(given.values())
            yield Hook(
                event, path.join(("hooks", event)), document, self.callee(document), arguments if inherits else given
            )
        if on_exit := text(holder.get("onExit")):
            document = {"template": on_exit}
            yield Hook("exit", path / "onExit", document, self.callee(document), arguments)

    def callee(self, holder: Document) -> Callee:
        """The template that *holder* refers to."""
        inline, reference, name = holder.get("inline"), holder.get("templateRef"), text(holder.get("template"))
        if isinstance(inline, dict):
            return Callee(inline)
        if isinstance(reference, dict):
            return self._behind(reference)
        if not name or OPEN in name:
            return UNKNOWN
        found = self.by_name.get(name)
        return Callee(found, missing=found is None and self.complete)

    def _behind(self, reference: Document) -> Callee:
        name = text(reference.get("template"))
        if not name or OPEN in name or OPEN in text(reference.get("name")):
            return UNKNOWN
        if (text(reference.get("name")), reference.get("clusterScope") is True) == self._own:
            return self.callee({"template": name})
        owner = self._object(reference)
        if isinstance(owner, Absent):
            return Callee(missing=owner is MISSING)
        found = next((each for each in _templates(owner) if isinstance(each, dict) and each.get("name") == name), None)
        # A scope that no name of an object can spell.
        return Callee(found, found is None, scope_of(*referred(reference)))

    def behind(self, reference: Document) -> Document:
        """The object that a reference leads to; empty where it is not there, or nobody could look."""
        found = self._object(reference)
        return {} if isinstance(found, Absent) else found

    def _object(self, reference: Document) -> Document | Absent:
        key = (text(reference.get("name")), reference.get("clusterScope") is True)
        if key not in self._found:
            self._found[key] = self._lookup(reference) if key[0] else MISSING
        return self._found[key]


def _templates(document: Document) -> list[Document]:
    return sequence(mapping(document.get("spec")).get("templates"))
