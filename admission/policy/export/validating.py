"""Validations as those of a ValidatingAdmissionPolicy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admission.errors import PolicyError
from admission.model.document import Document
from admission.policy.export.own import Own
from admission.policy.export.targets import INLINE, Targets
from admission.policy.export.text import Unexportable, checked, is_truth, literal, named, renamed
from admission.policy.export.unknown import Root, element, unknown
from admission.policy.judgement import NOT_BEFORE_IT_RUNS
from admission.policy.program import Check, Program
from admission.policy.spec import Target

#: Variables that an expression of a policy may name.
ROOTS = (
    "object",
    "oldObject",
    "request",
    "params",
    "namespaceObject",
    "variables",
    "workflow",
    "template",
    "container",
    "each",
    "target",
    "message",
)


#: By target: the types that it may be of.
_SHAPES = {
    Target.WORKFLOW: ("Workflow",),
    Target.TEMPLATE: ("Template",),
    Target.CONTAINER: ("Container", "ScriptTemplate", "ContainerNode", "UserContainer"),
}


@dataclass(frozen=True)
class Unknowns:
    """What a validation does that reads what is not known: it fails (*deny*), or holds. *only*: nothing else counts."""

    deny: bool = False
    only: bool = False


@dataclass(frozen=True)
class Writer:
    """Writes the validations of one policy. *names*: what its variables are called in the API server."""

    program: Program
    targets: Targets
    names: Mapping[str, str]
    own: Own
    roots: Mapping[str, Root]

    @classmethod
    def of(cls, program: Program, targets: Targets) -> Writer:
        workflow = targets["workflow"]
        names = {"workflow": workflow, "params": targets["params"]}
        if program.policy.target is Target.WORKFLOW:
            here = {"object": workflow, "template": "{}"}
        else:
            here = {"object": "target.object", "container": "target.object", "template": "target.template"}
        names |= here
        roots = {
            "object": Root(here["object"], frozenset(_SHAPES[program.policy.target])),
            "template": Root(here["template"], frozenset({"Template"})),
            "workflow": Root(workflow, frozenset({"Workflow"})),
        }
        make = Own.kept if program.policy.target is Target.WORKFLOW else Own.written_out
        return cls(program, targets, names, make(program.variables, names, ROOTS), roots)

    def variables(self) -> list[Document]:
        """The policy's own variables, where they are about the Workflow; for other targets they are written out."""
        if self.program.policy.target is not Target.WORKFLOW:
            return []
        found = []
        for item in self.program.variables:
            try:
                found.append({"name": item.name, "expression": self.text(item.expression.text)})
            except Unexportable:
                continue  # said of the validations that name it
        return found

    def text(self, text: str) -> str:
        """An expression of the policy, as the API server has it."""
        self._check_variables(text)
        return self.own.around(renamed(checked(text, ROOTS), {**self.names, **self.own.names}))

    def validation(self, check: Check, unknowns: Unknowns) -> Document | None:
        """*check*; None where only what is unknown is asked about, and nothing can be."""
        each = _Parts.of(self, check, unknowns)
        if each is None:
            return None
        whole = self.program.policy.target is Target.WORKFLOW
        listed = self.targets.of(self.program.policy.target)
        expression = each.holds if whole else f"{listed}.all(target, {each.holds})"
        validation: Document = {"expression": expression, "message": check.validation.message or _default(check)}
        if not whole:
            validation["messageExpression"] = f"{listed}.{each.located()}.join('; ')"
        elif each.listed:
            validation["messageExpression"] = f"{each.message}.join('; ')"
        elif each.made:
            validation["messageExpression"] = each.message
        if check.validation.reason:
            validation["reason"] = check.validation.reason
        return validation

    def too_deep(self) -> Document:
        """A validation that refuses templates which nothing here would look at."""
        levels = f"templates within steps within templates, more than {INLINE} times"
        return {
            "expression": f"{self.targets[f'inline{INLINE + 1}']}.size() == 0",
            "message": f"{levels}, cannot be judged here",
        }

    def _check_variables(self, text: str) -> None:
        for item in self.program.variables:
            name = f"variables.{item.name}"
            if name not in self.own.names and name in named(text):
                checked(item.expression.text, ROOTS)  # says why
                raise Unexportable(f"the variable {item.name!r} cannot be exported")


@dataclass(frozen=True)
class _Parts:
    """
    A check of one target.

    *holds*: whether it is as it should be; *message*: why it is not, with *listed* a list of reasons. *made*: whether
    that is more than what is written in the policy.
    """

    holds: str
    message: str
    listed: bool = False
    made: bool = True

    @classmethod
    def of(cls, writer: Writer, check: Check, unknowns: Unknowns) -> _Parts | None:
        roots = {**writer.roots, "each": Root("each", element(check.listed.value, writer.roots))}
        each = cls._of_one(writer, check, unknowns, roots)
        if check.foreach is None:
            return each if each.holds else None
        elements = writer.text(check.foreach.text)
        not_known = unknown(check.listed, writer.roots)
        every = f"({elements}).all(each, {each.holds})" if each.holds else ""
        said = f"({elements}).filter(each, !{each.holds}).map(each, {each.message})"
        why = f"[{literal(_unknown_message(check))}]"
        if unknowns.only:
            holds = " && ".join(filter(None, (f"!{not_known}" if not_known else "", every)))
            return cls(f"({holds})", why, True) if holds else None
        if not not_known:
            return cls(every, said, True)
        if unknowns.deny:
            return cls(f"(!{not_known} && {every})", f"({not_known} ? {why} : {said})", True)
        return cls(f"({not_known} || {every})", said, True)

    @classmethod
    def _of_one(cls, writer: Writer, check: Check, unknowns: Unknowns, roots: Mapping[str, Root]) -> _Parts:
        """The same without the list of a foreach: of the target itself, or of one element."""
        text = writer.text(check.expression.text)
        holds = f"({text})" if is_truth(check.expression.text) else f"(({text}) == true)"
        message, made = _message(writer, check)
        not_known = unknown(check.reads, roots)
        why = literal(_unknown_message(check))
        if unknowns.only:
            return cls(f"!{not_known}" if not_known else "", why)
        if not not_known:
            return cls(holds, message, made=made)
        if unknowns.deny:
            return cls(f"(!{not_known} && {holds})", f"({not_known} ? {why} : {message})")
        return cls(f"({not_known} || {holds})", message, made=made)

    def located(self) -> str:
        """Calls on the list of targets: one text for each message, with the target's path."""
        wrong = f"filter(target, !{self.holds})"
        if self.listed:
            return f"{wrong}.map(target, {self.message}.map(message, string(target.path) + ': ' + message)).flatten()"
        return f"{wrong}.map(target, string(target.path) + ': ' + {self.message})"


def _message(writer: Writer, check: Check) -> tuple[str, bool]:
    """The message as CEL, and whether an expression makes it that Kubernetes can evaluate."""
    try:
        if check.message is not None:
            return f"string({writer.text(check.message.text)})", True
    except PolicyError:
        pass  # `message` is there for that
    return literal(check.validation.message or _default(check)), False


def _unknown_message(check: Check) -> str:
    return f"{NOT_BEFORE_IT_RUNS}: {check.validation.message or _default(check)}"


def _default(check: Check) -> str:
    return " ".join(f"failed expression: {check.validation.expression}".split())
