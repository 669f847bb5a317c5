"""
Argo's way through the templates of an object: from a reference to its template, into its body, and on.

Templates may call each other to any depth: the methods that go deeper are parts of a way (``way.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from admission.argo.languages.tags import OPEN, unclosed
from admission.argo.validation import dag, steps, wire
from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.base import Base, Template
from admission.argo.validation.filled import UNCLOSED, Filled, Texts, Unfit, filled, foreign, vanish
from admission.argo.validation.inputs import Supplied, artifacts, parameters, supplied
from admission.argo.validation.known import Known, Layered
from admission.argo.validation.place import Place
from admission.argo.validation.references import Callee, References
from admission.argo.validation.report import Report
from admission.argo.validation.scope import Scope
from admission.argo.validation.tables import tables
from admission.argo.validation.text import Reader, Text, harmless, tagged
from admission.argo.validation.values import placeholders
from admission.argo.validation.visit import Call, Visit
from admission.argo.validation.way import Way
from admission.model.document import Document, text


@dataclass
class Walk:
    """One validation: what is known on the way, and what was found. *in_template*: of a template, not of a workflow."""

    report: Report
    references: References
    in_template: bool
    known: Known
    read: Reader
    arguments: Arguments = field(default_factory=Arguments)
    marks: set[str] = field(default_factory=set)
    checked: list[Visit] = field(default_factory=list)
    again: list[Visit] = field(default_factory=list)
    bodies: list[Visit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _texts: dict[int, Texts] = field(default_factory=dict)
    _faked: dict[int, Visit] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def enter(self, name: str, place: Place, base: Base, arguments: Arguments) -> Way[None]:
        """Follow ``entrypoint`` or ``onExit`` at *place*, which name a template of *base*."""
        callee = self.references.entry(name, place, base)
        self.calls.append(Call(None, place, {"template": name}, callee))
        yield self.visit(callee, place, arguments)

    def refer(self, holder: Document, place: Place, caller: Visit, arguments: Arguments) -> Way[Callee]:
        """Follow the reference that *holder*, a step or task of the *caller*, makes with those arguments."""
        callee = self.references.callee(holder, place, caller.base)
        if arguments is FAKE:
            self.calls.append(Call(caller, place, holder, callee))
        yield self.visit(callee, place, arguments)
        return callee

    # A template, with the values of one reference (argo-validation 3.3)

    def visit(self, callee: Callee, caller: Place, arguments: Arguments) -> Way[None]:
        """Look at the template of *callee* as the reference at *caller* calls it; at its body only the first time."""
        visit = self.arrive(callee, caller, arguments)
        if visit is not None:
            yield self.body(visit)

    def arrive(self, callee: Callee, caller: Place, arguments: Arguments) -> Visit | None:
        """The same without the body: the visit, where its body is still to be looked at."""
        template, base = callee.template, callee.base
        if template is None or base is None or (arguments is FAKE and id(template.document) in self._faked):
            return None
        visit = self._filled(template, base, caller, arguments)
        if visit is None:
            return None
        if arguments is FAKE:
            self._faked[id(template.document)] = visit
        key = base.memo_key(template.name)
        if key in self._seen:
            return None
        self._seen.add(key)
        self.bodies.append(visit)
        return visit if visit.goes_on else None

    def _filled(self, template: Template, base: Base, caller: Place, arguments: Arguments) -> Visit | None:
        if arguments is FAKE:
            return self._made_up(template, base)
        got = supplied(template.merged, arguments)
        if got.absent_parameters or got.absent_artifacts:
            self._lacking(template, base, caller, got)
        if id(template.document) in self._faked and _plain(template, got):
            return None
        return self._substituted(template, base, got)

    def _made_up(self, template: Template, base: Base) -> Visit | None:
        """The same with a value for whatever the template wants."""
        own, kind = template.merged, template.type
        left = foreign(own, kind, self.read.written(own)) if kind in tables().leaf_types else None
        if left is None or (left and not vanish(left, Layered(_locals(template), self.known))):
            return self._substituted(template, base, supplied(own, FAKE), made_up=True)
        visit = Visit.of(template, base, Filled(own, ()))
        self.checked.append(visit)
        return visit

    def _lacking(self, template: Template, base: Base, caller: Place, got: Supplied) -> None:
        """Report the inputs that get nothing."""
        owner = f" of {base.place.owner}" if base.place.owner else ""
        where = " in spec.arguments" if caller.path[-1:] == ("entrypoint",) else ""
        for rule, kind, names in (
            ("input-param-supplied", "parameter", got.absent_parameters),
            ("input-artifact-supplied", "artifact", got.absent_artifacts),
        ):
            for name in names:
                needed = f"template {template.name!r}{owner} needs it as an input {kind}"
                said = f"give the argument {name!r}{where}: {needed}"
                self.report.problem(rule, caller, said)

    def _substituted(self, template: Template, base: Base, got: Supplied, *, made_up: bool = False) -> Visit | None:
        texts = self._texts.get(id(template.document))
        if texts is None:
            texts = self._texts[id(template.document)] = Texts.of(template.merged, self.read)
        called = texts.called(got.document, made_up)
        try:
            visit = Visit.of(template, base, filled(called, Layered(_locals(template), self.known)))
        except Unfit as unfit:
            place = Visit.of(template, base, Filled(called.document, ())).at(unfit.steps)
            self.report.problem(unfit.rule, place, unfit.message)
            return None
        (self.again if id(template.document) in self._faked else self.checked).append(visit)
        return visit

    def body(self, visit: Visit) -> Way[None]:
        """Look at what the template does, then at what it puts out."""
        if not visit.goes_on:
            return
        scope = self._scope(visit)
        if visit.type == "steps":
            yield steps.body(self, visit, scope)
        elif visit.type == "dag":
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
            if visit.type in table.leaf_types:
                names.add(f"{name}.path")
        names.update(_locals(visit.template))
        return Scope(self.known, names, everywhere=self.marks, in_template=self.in_template)

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
        open_ended = [each for each in texts if each.is_open and wire.keeps("Template", each.steps)]
        if open_ended:
            self._unresolved_in_text(visit, open_ended, scope, wire.dumps(part[1], part[0]), also)
            return
        for each in texts:
            for name, body in scope.unresolved(each.text, also):
                if wire.keeps("Template", each.steps):
                    near = self.report.suggestions.of(name, scope.names, scope.own, self.known)
                    said = f"nothing gives {{{{{shortened(body)}}}}} a value here{near}"
                    self.report.problem("var-unresolved", visit.at(each.steps), said)

    def _unresolved_in_text(
        self, visit: Visit, open_ended: list[Text], scope: Scope, written: str, also: Callable[[str], bool] | None
    ) -> None:
        """The same, where tags run over the end of their strings: in the *written* text of the whole part."""
        place = visit.at(open_ended[-1].steps)
        if unclosed(written) is not None:
            self.report.problem("subst-unclosed", place, UNCLOSED)
        for _, body in scope.unresolved(written, also):
            said = f"nothing gives {{{{{shortened(body)}}}}} a value; is a tag here not closed with }}}}?"
            self.report.problem("var-unresolved", place, said)


def _locals(template: Template) -> dict[str, str]:
    """The names of what is made for each run of the template."""
    has_pod = template.type in tables().pod_types
    return _made_for_each_run(has_pod, isinstance(template.document.get("retryStrategy"), dict))


@cache
def _made_for_each_run(has_pod: bool, retries: bool) -> dict[str, str]:
    names = (tables().pod if has_pod else ()) + (tables().retry if retries else ())
    return placeholders(names)


def _plain(template: Template, got: Supplied) -> bool:
    """Whether real arguments change nothing: the template was already looked at with made-up ones."""
    if OPEN in text(template.document.get("timeout")) or any(tagged(artifact) for artifact in got.own):
        return False
    values = (text(parameter["value"]) for parameter in got.document.get("parameters", ()))
    return all(harmless(value) for value in values) and all(
        harmless(each.text) for each in tagged(got.document.get("artifacts", []))
    )


def shortened(body: str, limit: int = 120) -> str:
    """*body*, or as much of it as a message can bear."""
    return body if len(body) <= limit else f"{body[:limit]}…"
