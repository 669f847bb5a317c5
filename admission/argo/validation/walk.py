"""
Argo's way through the templates of an object: from a reference to its template, into its body, and on.

The methods that go deeper are generators, which yield the next one to run and are sent what it returns (:func:`run`):
so templates may call each other to any depth without a deep stack.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from admission.argo.languages.tags import OPEN, unclosed
from admission.argo.validation import dag, steps, wire
from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.base import Base, Library, Reference, Template, type_of
from admission.argo.validation.filled import UNCLOSED, Filled, Texts, Unfit, filled
from admission.argo.validation.inputs import Supplied, artifacts, parameters, supplied
from admission.argo.validation.known import Known, Layered
from admission.argo.validation.outputs import is_tagged
from admission.argo.validation.place import Place
from admission.argo.validation.problem import Problem, Weight
from admission.argo.validation.scope import Scope
from admission.argo.validation.suggest import Suggestions
from admission.argo.validation.tables import tables
from admission.argo.validation.text import Text, harmless
from admission.argo.validation.values import PLACEHOLDER
from admission.model.catalog import UNAVAILABLE, Absent
from admission.model.document import Document, text

T = TypeVar("T")
#: A part of the way: yields deeper parts, is sent their results, and returns its own.
Way: TypeAlias = Generator["Way[Any]", Any, T]


def run(way: Way[T]) -> T:
    """Go *way* to its end and give its result."""
    stack: list[Way[Any]] = [way]
    result: Any = None
    while stack:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as end:
            stack.pop()
            result = end.value
    final: T = result
    return final


@dataclass(frozen=True, slots=True)
class Callee:
    """
    What a reference leads to: a template and the base that it belongs to.

    Without a template it is not known, either because only running decides (Argo goes on as if it had no outputs), or
    because it could not be found (*lost*: then nothing is said of what hangs on it).
    """

    template: Template | None = None
    base: Base | None = None
    lost: bool = False


DYNAMIC, LOST = Callee(), Callee(lost=True)


@dataclass(frozen=True, slots=True)
class Visit:
    """A template that Argo looks at, as it is with its values put in."""

    template: Template
    base: Base
    filled: Filled

    @property
    def place(self) -> Place:
        return self.template.place

    @property
    def document(self) -> Document:
        """The template after substitution."""
        return self.filled.document

    def at(self, below: tuple[str | int, ...]) -> Place:
        """The place of what stands there in the template."""
        if below[:1] == ("metadata",) and self.template.merged is not self.template.document:
            node: Any = self.template.document
            for step in below:
                node = node.get(step) if isinstance(node, dict) else None
            if node is None:
                return self.base.place.join(("podMetadata", *below[1:]))
        return self.place.join(below)


@dataclass(frozen=True, slots=True)
class Call:
    """A reference that Argo follows: from which visit (``None``: the workflow itself), where, and to what."""

    caller: Visit | None
    place: Place
    holder: Document
    callee: Callee


@dataclass
class Walk:
    """One validation: what is known on the way, and what was found. *newest*: as Argo 4.1 does, else 4.0."""

    library: Library
    newest: bool
    in_template: bool
    known: Known
    marks: set[str] = field(default_factory=set)
    problems: dict[tuple[str, Any, str], Problem] = field(default_factory=dict)
    checked: list[Visit] = field(default_factory=list)
    bodies: list[Visit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    suggestions: Suggestions = field(default_factory=Suggestions)
    _texts: dict[int, Texts] = field(default_factory=dict)
    _faked: dict[int, Visit] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _bases: dict[tuple[Reference, Place], Base | Absent] = field(default_factory=dict)

    def report(self, rule: str, place: Place, message: str, weight: Weight = Weight.CERTAIN) -> None:
        """Note a problem; the same problem at the same place only once."""
        self.add(Problem(rule, place.path, message + place.note, weight))

    def add(self, problem: Problem) -> None:
        """Note a problem that is ready."""
        self.problems.setdefault((problem.rule, problem.path, problem.message), problem)

    # From a reference to its template (argo-validation, 3.2)

    def refer(
        self, holder: Document, place: Place, base: Base, arguments: Arguments, caller: Visit | None = None
    ) -> Way[Callee]:
        """Follow the reference that *holder* (a step, task or the like) makes, with those arguments."""
        callee = self.callee(holder, place, base)
        if arguments is FAKE or caller is None:
            self.calls.append(Call(caller, place, holder, callee))
        if callee.template is not None and callee.base is not None:
            yield self.visit(callee.template, callee.base, place, arguments)
        return callee

    def enter(self, name: str, place: Place, base: Base, arguments: Arguments) -> Way[None]:
        """Follow ``entrypoint`` or ``onExit`` at *place*, which name a template of *base*."""
        template = base.by_name.get(name)
        if template is None and base.place.owner:
            # Argo follows them as a templateRef where the base is another object.
            if not is_unresolved(name) and not self._may_be_a_placeholder(name):
                self.report("ref-not-found", place, self._undefined(name, base), Weight.MISSING)
        elif template is None:
            self.report("ref-undefined", place, self._undefined(name, base))
        if template is None:
            return
        self.calls.append(Call(None, place, {"template": name}, Callee(template, base)))
        yield self.visit(template, base, place, arguments)

    def callee(self, holder: Document, place: Place, base: Base) -> Callee:
        """What *holder* refers to; problems with the reference are reported."""
        name, reference = text(holder.get("template")), holder.get("templateRef")
        if isinstance(reference, dict):
            return self._referred(holder, reference, place, base)
        if name and name not in base.by_name:
            self.report("ref-undefined", place / "template", self._undefined(name, base))
            return LOST
        inline = holder.get("inline")
        if isinstance(inline, dict):
            return Callee(Template(place / "inline", inline, inline), base)
        if not name:
            self.report("ref-none", place, "name a template, a templateRef or an inline template")
            return LOST
        return Callee(base.by_name[name], base)

    def _undefined(self, name: str, base: Base) -> str:
        where = f"in {base.place.owner}" if base.place.owner else "here"
        return f"there is no template {name!r} {where}{self.suggestions.of(name, base.by_name)}"

    def _referred(self, holder: Document, reference: Document, place: Place, base: Base) -> Callee:
        where = place / "templateRef"
        wanted, name = Reference.of(reference), text(reference.get("template"))
        for rule, wrong, at, message in (
            ("ref-both", bool(text(holder.get("template"))), place, "use template or templateRef, not both"),
            ("ref-name-required", not wanted.name, where, "name the object that has the template"),
            ("ref-template-required", not name, where, "name the template of the object"),
        ):
            if wrong:
                self.report(rule, at, message)
                return LOST
        if is_unresolved(wanted.name) or is_unresolved(name):
            return DYNAMIC
        found = self.base_of(wanted, where)
        if isinstance(found, Absent):
            return self._absent(found, wanted, name, where)
        inline = holder.get("inline")
        if isinstance(inline, dict):
            return Callee(Template(place / "inline", inline, inline), base)
        if name not in found.by_name:
            return self._no_template(found, wanted, name, where)
        return Callee(found.by_name[name], found)

    def base_of(self, reference: Reference, place: Place) -> Base | Absent:
        """The templates behind a reference that stands at *place*."""
        key = (reference, Place(place.path))
        if key not in self._bases:
            self._bases[key] = self.library.base(reference, place)
        return self._bases[key]

    def _absent(self, absent: Absent, wanted: Reference, name: str, where: Place) -> Callee:
        if absent is UNAVAILABLE:
            message = f"{wanted} cannot be looked up: whether it has a template {name!r} is not known"
            self.report("ref-not-found", where, message, Weight.UNCHECKED)
            return LOST
        if self._may_be_a_placeholder(name):
            return DYNAMIC
        self.report("ref-not-found", where / "name", f"{wanted} is not there", Weight.MISSING)
        return LOST

    def _no_template(self, found: Base, wanted: Reference, name: str, where: Place) -> Callee:
        if self._may_be_a_placeholder(name):
            return DYNAMIC
        message = f"{wanted} has no template {name!r}{self.suggestions.of(name, found.by_name)}"
        self.report("ref-not-found", where / "template", message, Weight.MISSING)
        return LOST

    def _may_be_a_placeholder(self, name: str) -> bool:
        return (PLACEHOLDER[:-1] if self.newest else "placeholder") in name

    # A template, with the values of one reference (argo-validation, 3.3)

    def visit(self, template: Template, base: Base, caller: Place, arguments: Arguments) -> Way[None]:
        """Look at *template* as the reference at *caller* calls it; at its body only the first time."""
        if arguments is FAKE and id(template.document) in self._faked:
            return
        visit = self._filled(template, base, caller, arguments)
        if visit is None:
            return
        if arguments is FAKE:
            self._faked[id(template.document)] = visit
        key = base.memo_key(template.name)
        if key in self._seen:
            return
        self._seen.add(key)
        self.bodies.append(visit)
        yield self.body(visit)

    def _filled(self, template: Template, base: Base, caller: Place, arguments: Arguments) -> Visit | None:
        got = supplied(template.merged, arguments)
        owner = f" of {base.place.owner}" if base.place.owner else ""
        for kind, names in (("parameter", got.absent_parameters), ("artifact", got.absent_artifacts)):
            for name in names:
                said = f"give the argument {name!r}: template {template.name!r}{owner} needs it as an input {kind}"
                self.report(f"input-{'param' if kind == 'parameter' else kind}-supplied", caller, said)
        if arguments is not FAKE and id(template.document) in self._faked and _plain(template, got):
            return None
        return self._substituted(template, base, got)

    def _substituted(self, template: Template, base: Base, got: Supplied) -> Visit | None:
        texts = self._texts.get(id(template.document))
        if texts is None:
            texts = self._texts[id(template.document)] = Texts.of(template.merged)
        called = texts.called(got.document)
        try:
            done = filled(called, Layered(self._locals(template.document), self.known))
        except Unfit as unfit:
            self.report(unfit.rule, Visit(template, base, Filled(called.document, ())).at(unfit.steps), unfit.message)
            return None
        visit = Visit(template, base, done)
        if id(template.document) not in self._faked:
            self.checked.append(visit)
        return visit

    def _locals(self, template: Document) -> dict[str, str]:
        table = tables()
        names = table.pod if type_of(template) in table.pod_types else ()
        if isinstance(template.get("retryStrategy"), dict):
            names += table.retry
        return dict.fromkeys(names, PLACEHOLDER)

    def body(self, visit: Visit) -> Way[None]:
        """Look at what the template does, then at what it puts out."""
        scope = self._scope(visit)
        if visit.template.type == "steps":
            yield steps.body(self, visit, scope)
        elif visit.template.type == "dag":
            yield dag.body(self, visit, scope)
        else:
            self.unresolved(visit, visit.filled.texts, scope, ("Template", visit.document))
        self.unresolved(visit, visit.filled.below("outputs"), scope, ("Outputs", visit.document.get("outputs")))

    def _scope(self, visit: Visit) -> Scope:
        template, table = visit.document, tables()
        names = {f"inputs.parameters.{text(each.get('name'))}" for each in parameters(template)}
        names.add("inputs.parameters")
        for artifact in artifacts(template):
            name = f"inputs.artifacts.{text(artifact.get('name'))}"
            names.add(name)
            if visit.template.type in table.leaf_types:
                names.add(f"{name}.path")
        names.update(self._locals(template))
        return Scope(self.known, names, set(self.marks), in_template=self.in_template)

    def unresolved(
        self,
        visit: Visit,
        texts: Iterable[Text],
        scope: Scope,
        part: tuple[str, object],
        also: Callable[[str], bool] | None = None,
    ) -> None:
        """
        Report the tags of *texts* that nothing gives a value to.

        They are the strings of a *part* of the visited template: its Go type, and itself.
        """
        texts = list(texts)
        open_ended = [each for each in texts if unclosed(each.text) is not None and wire.keeps("Template", each.steps)]
        if open_ended:
            self._unresolved_in_text(visit, open_ended, scope, wire.dumps(part[1], part[0]), also)
            return
        for each in texts:
            for name, body in scope.unresolved(each.text, also):
                if wire.keeps("Template", each.steps):
                    near = self.suggestions.of(name, scope.names, scope.own, self.known)
                    said = f"nothing gives {{{{{shortened(body)}}}}} a value here{near}"
                    self.report("var-unresolved", visit.at(each.steps), said)

    def _unresolved_in_text(
        self, visit: Visit, open_ended: list[Text], scope: Scope, written: str, also: Callable[[str], bool] | None
    ) -> None:
        """The same, where tags run over the end of their strings: in the *written* text of the whole part."""
        place = visit.at(open_ended[-1].steps)
        if unclosed(written) is not None:
            self.report("subst-unclosed", place, UNCLOSED)
        for _, body in scope.unresolved(written, also):
            said = f"nothing gives {{{{{shortened(body)}}}}} a value; is a tag here not closed with }}}}?"
            self.report("var-unresolved", place, said)


def _plain(template: Template, got: Supplied) -> bool:
    """Whether real values change nothing: the template was already looked at with made-up ones."""
    return OPEN not in text(template.document.get("timeout")) and all(harmless(value) for _, value in got.values)


def shortened(body: str, limit: int = 120) -> str:
    """*body*, or as much of it as a message can bear."""
    return body if len(body) <= limit else f"{body[:limit]}…"


def is_unresolved(value: str) -> bool:
    """Whether a tag is left in a reference, so that only running decides where it leads."""
    return is_tagged(value) or unclosed(value) is not None


__all__ = ["DYNAMIC", "LOST", "Call", "Callee", "Visit", "Walk", "Way", "run"]
