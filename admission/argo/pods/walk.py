"""
Which templates a Workflow runs, and with which inputs: from its entrypoint, hooks and exit handlers on.

A template is visited once for each set of inputs that a caller can give it. Where these get too many, the input with
the most values is left open, so that every walk ends, recursion included.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from admission.argo.languages import LanguageError, when
from admission.argo.pods.globals import MOST
from admission.argo.pods.handover import handed_over
from admission.argo.pods.inputs import Inputs, inputs_of
from admission.argo.pods.loops import turns
from admission.argo.pods.setting import Setting
from admission.argo.pods.templates import CALLING_TYPES, Template, Templates, called
from admission.argo.pods.values import Values, filled, is_unknown
from admission.model.document import Document, mapping, text
from admission.model.path import Path

#: Visits, and calls looked at, beyond which no more is tried out: items and inputs are left open.
_VISITS, _CALLS = 2000, 5000


@dataclass(frozen=True, slots=True)
class Context:
    """
    A visit of a template: with which *inputs*, and for one that has a pod whose steps enclose it (*boundary*).

    *on_exit*: within an exit handler.
    """

    template: Template
    inputs: Inputs
    boundary: Template | None = None
    on_exit: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """
    A step, task or hook that runs a template: *context*, which is None where only the run knows it.

    *group* is the number of its group of steps; *turn* the number of the item that it runs for, among calls of which
    only one is made; *times* how often it runs at once, None where only the run knows; *when* its condition.
    """

    name: str
    path: Path
    group: int
    context: Context | None
    times: int | None = 1
    turn: int = 0
    when: str = ""
    is_hook: bool = False


@dataclass
class Walk:
    """A walk through the *templates* of a Workflow; *calls* are those of each visited template that makes any."""

    setting: Setting
    templates: Templates
    calls: dict[Context, tuple[Call, ...]] = field(default_factory=dict)
    # Dictionaries without values are sets that keep their order: the same Workflow always gives the same pods.
    _visited: dict[Template, dict[Context, None]] = field(default_factory=dict)
    _inputs: dict[Template, dict[Inputs, None]] = field(default_factory=dict)
    _wide: dict[Template, frozenset[str]] = field(default_factory=dict)
    _waiting: deque[Context] = field(default_factory=deque)
    _visits: int = 0
    _looked_at: int = 0

    def from_spec(self) -> tuple[Call, ...]:
        """The walk from the entrypoint, hooks and exit handler of the Workflow; gives the calls of these."""
        spec = self.setting.spec
        entry = self._call(Path(("spec", "entrypoint")), {**spec, "template": spec.get("entrypoint")}, None, {})
        hooks = self._hooks(Path(("spec",)), spec, None, {}, on_exit=False)
        first = (*entry, *hooks)
        self._go()
        return first

    def from_template(self, template: Template) -> None:
        """The walk from a template that nobody calls."""
        for inputs in inputs_of(template, {}, self.setting.values, self.setting.inputs_text):
            self._visit(template, inputs, None, on_exit=False)
        self._go()

    def contexts(self) -> Iterator[Context]:
        """All visits, template by template."""
        for found in self._visited.values():
            yield from dict.fromkeys(self.current(context) for context in found)

    def current(self, context: Context) -> Context:
        """*context* with those inputs left open of which there have turned out to be too many values."""
        wide = self._wide.get(context.template)
        return replace(context, inputs=context.inputs.without(wide)) if wide else context

    def has(self, template: Template) -> bool:
        return template in self._visited

    def _go(self) -> None:
        while self._waiting:
            context = self.current(self._waiting.popleft())
            if context not in self.calls:
                self.calls[context] = tuple(self._calls(context))

    @property
    def _is_tired(self) -> bool:
        return self._visits > _VISITS or self._looked_at > _CALLS

    def _visit(self, template: Template, inputs: Inputs, boundary: Template | None, *, on_exit: bool) -> Context:
        calls = template.type in CALLING_TYPES
        context = self.current(Context(template, inputs, None if calls else boundary, on_exit))
        visited = self._visited.setdefault(template, {})
        if context in visited:
            return context
        context = self._widened(context)
        if context not in visited:
            visited[context] = None
            self._visits += 1
            if calls:
                self._waiting.append(context)
        return context

    def _widened(self, context: Context) -> Context:
        """*context*, after one more input was left open where there would be too many."""
        template = context.template
        inputs = self._inputs.setdefault(template, {})
        inputs[context.inputs] = None
        if self._is_tired:
            self._wide[template] = frozenset(name for name, _ in context.inputs.parameters)
        elif len(inputs) > MOST:
            pairs = dict.fromkeys(pair for one in inputs for pair in one.parameters)
            values: Counter[str] = Counter(name for name, _ in pairs)
            widest = next((name for name, _ in values.most_common(1)), "")
            self._wide[template] = self._wide.get(template, frozenset()) | {widest}
        else:
            return context
        self._inputs[template] = dict.fromkeys(one.without(self._wide[template]) for one in inputs)
        return self.current(context)

    def _calls(self, context: Context) -> Iterator[Call]:
        template = context.template
        body = context.inputs.put_into(template)
        known = self.setting.values
        scope = Values(known.known, known.open | {"steps", "tasks"})
        boundary = None if template.is_inline else template
        for group, place, step in called(body):
            holder = self._holder(step, place, template, scope)
            path = template.path.join(place)
            for number, turn in enumerate(turns(holder, as_one=self._is_tired)):
                self._looked_at += 1
                if _never(turn.step.get("when")):
                    continue
                for call in self._call(path, turn.step, boundary, body, within=template, on_exit=context.on_exit):
                    yield replace(call, group=group, times=turn.times, turn=number, when=text(turn.step.get("when")))
            yield from self._hooks(path, filled(step, scope), boundary, body, on_exit=context.on_exit)

    @staticmethod
    def _holder(step: Document, place: Path, template: Template, scope: Values) -> Document:
        """*step* with what is known of other steps in it: nothing; hooks and foreign inline templates as they are."""
        rest = {name: value for name, value in step.items() if name != "hooks"}
        holder: Document = filled(rest, scope)
        if template.brought and isinstance(step.get("inline"), dict):
            holder = {**holder, "inline": mapping((place / "inline").get(template.authored))}
        return holder

    def _hooks(
        self, path: Path, holder: Document, boundary: Template | None, body: Document, *, on_exit: bool
    ) -> Iterator[Call]:
        """The hooks of a step, a task or the Workflow; ``onExit`` goes before the hook of that name."""
        hooks = {event: hook for event, hook in mapping(holder.get("hooks")).items() if isinstance(hook, dict)}
        # What handles an end and brings no arguments gets the Workflow's, whosever end it is.
        given = mapping(self.setting.spec.get("arguments"))
        if name := text(holder.get("onExit")):
            hooks.pop("exit", None)
            yield from self._hook(path / "onExit", {"template": name, "arguments": given}, boundary, body, on_exit=True)
        for event, hook in hooks.items():
            own = mapping(hook.get("arguments"))
            arguments = given if event == "exit" and not any(own.values()) else own
            exits = on_exit or event == "exit"
            place = path.join(("hooks", event))
            yield from self._hook(place, {**hook, "arguments": arguments}, boundary, body, on_exit=exits)

    def _hook(
        self, path: Path, hook: Document, boundary: Template | None, body: Document, *, on_exit: bool
    ) -> Iterator[Call]:
        for call in self._call(path, hook, boundary, body, on_exit=on_exit):
            yield replace(call, is_hook=True)

    def _call(
        self,
        path: Path,
        holder: Document,
        boundary: Template | None,
        body: Document,
        *,
        within: Template | None = None,
        on_exit: bool = False,
    ) -> Iterator[Call]:
        """The calls that *holder* makes: several where its arguments leave a choice."""
        name = text(holder.get("name"))
        template = self._callee(holder, path, within)
        if template is None:
            called = text(holder.get("template"))
            if holder.get("templateRef") or (called and self.templates.may_be(called)):
                yield Call(name, path, 0, None)
            return
        arguments = handed_over(mapping(holder.get("arguments")), body, self.templates)
        for inputs in inputs_of(template, arguments, self.setting.values, self.setting.inputs_text):
            yield Call(name, path, 0, self._visit(template, inputs, boundary, on_exit=on_exit))

    def _callee(self, holder: Document, path: Path, within: Template | None) -> Template | None:
        inline = holder.get("inline")
        if isinstance(inline, dict) and inline and within is not None:
            return self.templates.inline(inline, path / "inline", within)
        if isinstance(holder.get("templateRef"), dict):
            return self.templates.behind(holder["templateRef"], path / "templateRef")
        return self.templates.get(text(holder.get("template")))


def _never(condition: object) -> bool:
    """Whether a step with that ``when`` certainly does not run."""
    if not isinstance(condition, str) or not condition or "{{" in condition or is_unknown(condition):
        return False
    try:
        return when.parse(condition).value is False
    except LanguageError:
        return False
