"""From a reference to its template (argo-validation 3.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from admission.argo.languages.tags import tags, unclosed
from admission.argo.validation.base import Base, Library, Reference, Template
from admission.argo.validation.evaluate import is_open
from admission.argo.validation.known import Known
from admission.argo.validation.outputs import is_tagged
from admission.argo.validation.place import Place
from admission.argo.validation.problem import Weight
from admission.argo.validation.report import Report
from admission.argo.validation.values import PLACEHOLDER
from admission.model.catalog import UNAVAILABLE, Absent
from admission.model.document import Document, text


class Callee(NamedTuple):
    """
    What a reference leads to: a template and the base that it belongs to.

    Without a template it is not known, either because only running decides (Argo goes on as if it had no outputs), or
    because it could not be found (*lost*: then nothing is said of what hangs on it).
    """

    template: Template | None = None
    base: Base | None = None
    lost: bool = False


DYNAMIC, LOST = Callee(), Callee(lost=True)


@dataclass
class References:
    """Follows the references of steps, tasks and the like; what is wrong with one goes to the *report*."""

    library: Library
    report: Report
    newest: bool
    known: Known
    own: Base
    _bases: dict[Reference, Base | Absent] = field(default_factory=dict)

    def entry(self, name: str, place: Place, base: Base) -> Callee:
        """What ``entrypoint`` or ``onExit`` at *place* refers to, which name a template of *base*."""
        named = base.get(name)
        if named is not None:
            return Callee(named, base)
        if not base.place.owner:
            self.report.problem("ref-undefined", place, self._undefined(name, base))
        elif not is_unresolved(name) and not self._may_be_a_placeholder(name):
            # Argo follows them as a templateRef where the base is another object.
            self.report.problem("ref-not-found", place, self._undefined(name, base), Weight.MISSING)
        return LOST

    def callee(self, holder: Document, place: Place, base: Base) -> Callee:
        """What *holder* refers to; problems with the reference are reported."""
        name, reference = text(holder.get("template")), holder.get("templateRef")
        if isinstance(reference, dict):
            return self._referred(holder, reference, place, base)
        named = base.get(name)
        if name and named is None:
            if self._is_open(name):
                return LOST
            self.report.problem("ref-undefined", place / "template", self._undefined(name, base))
            return LOST
        inline = holder.get("inline")
        if isinstance(inline, dict):
            return Callee(Template.of(place / "inline", inline), base)
        if named is None:
            self.report.problem("ref-none", place, "name a template, a templateRef or an inline template")
            return LOST
        return self._found(named, base, place)

    def _found(self, template: Template, base: Base, place: Place) -> Callee:
        """The template, which a Workflow keeps in its status if it is another object's: later names may mean it."""
        if base is not self.own:
            self.own.kept.setdefault(template.name, template)
        return Callee(_through(template, place), base)

    def _undefined(self, name: str, base: Base) -> str:
        where = f"in {base.place.owner}" if base.place.owner else "here"
        return f"there is no template {name!r} {where}{self.report.suggestions.of(name, base.by_name) or _others(base)}"

    def _referred(self, holder: Document, reference: Document, place: Place, base: Base) -> Callee:
        where = place / "templateRef"
        wanted, name = Reference.of(reference), text(reference.get("template"))
        for rule, wrong, at, message in (
            ("ref-both", bool(text(holder.get("template"))), place, "use template or templateRef, not both"),
            ("ref-name-required", not wanted.name, where, "name the object that has the template"),
            ("ref-template-required", not name, where, "name the template of the object"),
        ):
            if wrong:
                self.report.problem(rule, at, message)
                return LOST
        if is_unresolved(wanted.name) or is_unresolved(name):
            return DYNAMIC
        if self._is_open(wanted.name) or self._is_open(name):
            return LOST
        found = self.base_of(wanted, where)
        if isinstance(found, Absent):
            return self._absent(found, wanted, name, where)
        inline = holder.get("inline")
        if isinstance(inline, dict):
            return Callee(Template.of(place / "inline", inline), base)
        if name not in found.by_name:
            return self._no_template(found, wanted, name, where)
        return self._found(found.by_name[name], found, where)

    def base_of(self, reference: Reference, place: Place) -> Base | Absent:
        """The templates behind a reference that stands at *place*."""
        if reference not in self._bases:
            self._bases[reference] = self.library.base(reference, place)
        return self._bases[reference]

    def _absent(self, absent: Absent, wanted: Reference, name: str, where: Place) -> Callee:
        if absent is UNAVAILABLE:
            message = f"{wanted} cannot be looked up: whether it has a template {name!r} is not known"
            self.report.problem("ref-not-found", where, message, Weight.UNCHECKED)
            return LOST
        if self._may_be_a_placeholder(name):
            return DYNAMIC
        self.report.problem("ref-not-found", where / "name", self.library.absence(wanted), Weight.MISSING)
        return LOST

    def _no_template(self, found: Base, wanted: Reference, name: str, where: Place) -> Callee:
        if self._may_be_a_placeholder(name):
            return DYNAMIC
        message = (
            f"{wanted} has no template {name!r}{self.report.suggestions.of(name, found.by_name) or _others(found)}"
        )
        self.report.problem("ref-not-found", where / "template", message, Weight.MISSING)
        return LOST

    def _is_open(self, name: str) -> bool:
        """Whether an expression is left in a name that may yet become one: nothing is said of it."""
        return any(tag.is_expression and is_open(tag.expression, self.known) for tag in tags(name))

    def _may_be_a_placeholder(self, name: str) -> bool:
        return (PLACEHOLDER if self.newest else "placeholder") in name


def _others(base: Base) -> str:
    """The templates that there are, if they can be told in a few words."""
    names = [name for name in base.by_name if name]
    if not names or len(names) > _FEW or any(len(name) > _SHORT for name in names):
        return ""
    return f": there {'is' if len(names) == 1 else 'are'} {', '.join(map(repr, names))}"


#: How many names, and of which length, a message bears.
_FEW, _SHORT = 6, 40


def _through(template: Template, reference: Place) -> Template:
    """*template* as the *reference* leads to it."""
    return template._replace(place=template.place.through(reference)) if template.place.owner else template


def is_unresolved(value: str) -> bool:
    """Whether a tag is left in a reference, so that only running decides where it leads."""
    return is_tagged(value) or unclosed(value) is not None
