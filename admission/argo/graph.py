"""
Who calls whom: the templates of a workflow spec, the steps and tasks in them, and the templates that those run.

Made in one walk and shared by every rule. What stands behind a reference is looked up in the catalog; where only the
run knows it, or nobody could look, the callee is unknown and nothing is said of it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from admission.argo.languages import LanguageError, expr
from admission.argo.languages.tags import OPEN
from admission.argo.validation.base import type_of
from admission.argo.validation.text import Reader, tagged
from admission.argo.validation.text import Text as Tagged
from admission.model.catalog import MISSING, Absent
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: Looks up a ``templateRef``: the object that it names.
Lookup = Callable[[Document], "Document | Absent"]


class Use(NamedTuple):
    """
    A variable that a text uses, by the parts of its name.

    *expression*: in an expression; *guarded*: its absence is provided for; *open*: more of its name follows that only
    the run knows; *is_first*: the text begins with its tag; *is_whole*: the text is that tag and nothing else.
    """

    parts: tuple[str, ...]
    expression: bool = False
    guarded: bool = False
    open: bool = False
    is_first: bool = False
    is_whole: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Text:
    """A text in which a tag stands, *within* what has that place."""

    within: Path
    read: Tagged

    @property
    def path(self) -> Path:
        return self.within.join(self.read.steps)

    @property
    def text(self) -> str:
        return self.read.text

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The variables that its tags use; of an expression that cannot be read, none."""
        return tuple(_uses(self.read))


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


@dataclass(frozen=True)
class Call:
    """A step (of the group of that number) or a task (group -1)."""

    path: Path
    document: Document
    group: int
    callee: Callee
    graph: Graph = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return text(self.document.get("name"))

    @property
    def loops(self) -> bool:
        """Whether it runs once for each item of something."""
        document = self.document
        return any(document.get(name) not in (None, "", []) for name in ("withItems", "withParam", "withSequence"))

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Its texts with tags, hooks and inline templates left out: those are read at another time."""
        return tuple(
            Text(self.path, each)
            for each in tagged({key: value for key, value in self.document.items() if key not in ("hooks", "inline")})
        )

    def uses_of(self, root: str) -> Iterator[tuple[Path, Use]]:
        """The places where it needs something of a step or task (*root* is ``steps`` or ``tasks``), and what."""
        return _needed(self.texts, root)

    def uses_in_hooks(self, root: str) -> Iterator[tuple[Path, Use]]:
        """The same of what its hooks are given."""
        hooks = self.document.get("hooks")
        found = tagged(hooks) if hooks else ()
        return _needed((Text(self.path / "hooks", each) for each in found), root)

    @property
    def named_dependencies(self) -> Iterator[tuple[Path, str]]:
        """The entries of ``dependencies``, each with its place."""
        for index, name in enumerate(sequence(self.document.get("dependencies"))):
            if isinstance(name, str) and name:
                yield self.path / "dependencies" / index, name

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        return tuple(self.graph.hooks_of(self.path, self.document, mapping(self.document.get("arguments"))))

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The tasks that a task names in ``depends`` and ``dependencies``."""
        return frozenset(_dependencies(self.document))


@dataclass(frozen=True)
class Node:
    """A template of the document, inline ones included."""

    path: Path
    document: Document
    calls: tuple[Call, ...]
    read: Reader = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return text(self.document.get("name"))

    @cached_property
    def type(self) -> str:
        return type_of(self.document)

    @property
    def is_dag(self) -> bool:
        return self.type == "dag"

    @cached_property
    def by_name(self) -> dict[str, Call]:
        """Its steps or tasks by their names; of two with one name, the first."""
        return {call.name: call for call in reversed(self.calls)}

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The texts with tags of the template itself, without those of its steps and tasks."""
        if self.calls:
            own = tagged({key: value for key, value in self.document.items() if key not in ("steps", "dag")})
            return tuple([Text(self.path, each) for each in own])
        return tuple([Text(self.path, each) for each in self.read(self.document)])

    @cached_property
    def _waits(self) -> _Waits:
        return _Waits(self.by_name)

    def lacks(self, use: Use) -> bool:
        """Whether *use* names a step or task that there is not; names of single runs of a loop are not looked at."""
        if use.guarded or use.parts[0] not in ("steps", "tasks") or len(use.parts) < 3:
            return False
        return use.parts[1] not in self.by_name and "(" not in use.parts[1]

    def lacks_output(self, use: Use) -> bool:
        """Whether *use* names an output that the template of a step or task does not have, as far as that is known."""
        if use.guarded or use.open or len(use.parts) < 5 or use.parts[0] not in ("steps", "tasks"):
            return False
        call, way, kind, name = self.by_name.get(use.parts[1]), use.parts[2], use.parts[3], use.parts[4]
        if call is None or call.callee.document is None or way != "outputs" or kind not in ("parameters", "artifacts"):
            return False
        declared = sequence(mapping(call.callee.document.get("outputs")).get(kind))
        return name != "main-logs" and all(mapping(each).get("name") != name for each in declared)

    def waits(self, task: str, other: str) -> bool:
        """Whether that task begins only when *other* has ended."""
        return self._waits(task, other)


class Graph:
    """
    The templates of the workflow spec that stands at *path*.

    *own* is the name of the object where it is a template itself, and whether it is of the whole cluster: a templateRef
    of that name means this very text, not what the cluster has. *read* reads its texts.
    """

    def __init__(
        self,
        spec: Document,
        path: Path,
        lookup: Lookup,
        own: tuple[str, bool] = ("", False),
        read: Reader | None = None,
    ) -> None:
        self.spec = spec
        self._read = read or Reader()
        self.path = path
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

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The templates of the document, inline ones after the template that they stand in."""
        found: list[Node] = []
        templates = self.path / "templates"
        todo = deque((templates / index, each) for index, each in enumerate(sequence(self.spec.get("templates"))))
        while todo:
            path, document = todo.popleft()
            if isinstance(document, dict):
                calls = tuple(self._calls(path, document)) if "steps" in document or "dag" in document else ()
                found.append(Node(path, document, calls, self._read))
                inline = [call for call in reversed(calls) if call.document.get("inline")]
                todo.extendleft((call.path / "inline", call.document["inline"]) for call in inline)
        return tuple(found)

    def having(self, *fields: str) -> Iterable[Node]:
        """The templates that have one of *fields*, in their order."""
        if len(fields) == 1:
            return self._by_field.get(fields[0], ())
        # Of several a template may have more than one.
        found = {id(node): node for field in fields for node in self._by_field.get(field, ())}
        return found.values() if len(found) < 2 else [node for node in self.nodes if id(node) in found]

    @cached_property
    def _by_field(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in node.document:
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def calls(self) -> tuple[tuple[Node, Call], ...]:
        """Every step and task of the document, with its template."""
        return tuple((node, call) for node in self.nodes for call in node.calls)

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """The hooks of the workflow and of all its steps and tasks."""
        own = self.hooks_of(self.path, self.spec, mapping(self.spec.get("arguments")))
        # The validator of Argo itself looks at the workflow's onExit.
        mine = tuple(hook for hook in own if hook.path[-1] != "onExit")
        return mine + tuple(hook for _, call in self.calls for hook in call.hooks)

    def _calls(self, path: Path, template: Document) -> Iterator[Call]:
        for number, group in enumerate(sequence(template.get("steps"))):
            for index, step in enumerate(sequence(group)):
                if isinstance(step, dict):
                    yield Call(path.join(("steps", number, index)), step, number, self.callee(step), self)
        for index, task in enumerate(sequence(mapping(template.get("dag")).get("tasks"))):
            if isinstance(task, dict):
                yield Call(path.join(("dag", "tasks", index)), task, -1, self.callee(task), self)

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
        scope = f"{'cluster' if reference.get('clusterScope') is True else 'namespaced'}/{text(reference.get('name'))}"
        return Callee(found, found is None, scope)

    def behind(self, reference: Document) -> Document:
        """The object that a reference leads to; empty where it is not there, or nobody could look."""
        found = self._object(reference)
        return {} if isinstance(found, Absent) else found

    def _object(self, reference: Document) -> Document | Absent:
        key = (text(reference.get("name")), reference.get("clusterScope") is True)
        if key not in self._found:
            self._found[key] = self._lookup(reference) if key[0] else MISSING
        return self._found[key]


def _needed(texts: Iterable[Text], root: str) -> Iterator[tuple[Path, Use]]:
    for each in texts:
        for use in each.uses:
            if use.parts[0] == root and len(use.parts) > 2 and not use.guarded:
                yield each.path, use


def _templates(document: Document) -> list[Document]:
    return sequence(mapping(document.get("spec")).get("templates"))


def _uses(read: Tagged) -> Iterator[Use]:
    for tag in read.tags:
        if tag.is_expression:
            yield from uses_of(tag.expression)
            continue
        # Of a tag within a tag, the inner one is filled in first.
        inner = tag.body.rpartition(OPEN)
        first = tag.start == 0 and not tag.body[:1].isspace()
        whole = tag.start == 0 and tag.end == len(read.text)
        parts = tuple(inner[2].strip().split("."))
        yield Use(parts, False, False, bool(inner[1]), first, whole)


def uses_of(expression: str) -> Iterator[Use]:
    """The variables that an expression uses; none where it cannot be read."""
    try:
        names = expr.parse(expression).names
    except LanguageError:
        return
    for path in names:
        yield Use(path.parts, True, path.guarded, path.open)


_TASK = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*)(?:\.[a-zA-Z]+)?")


def words_of(written: str) -> list[str]:
    """The words of ``depends`` that Argo takes for tasks, whether or not it can be evaluated."""
    return _TASK.findall(written)


def _dependencies(task: Document) -> Iterator[str]:
    yield from (each for each in sequence(task.get("dependencies")) if isinstance(each, str))
    yield from words_of(text(task.get("depends")))


class _Waits:
    """
    Which tasks of a DAG end before which begin.

    A set for each task would be quadratic in a long chain; as the bits of one number they are small and quickly joined.
    """

    def __init__(self, tasks: dict[str, Call]) -> None:
        self._tasks = tasks
        self._bits = {name: 1 << index for index, name in enumerate(tasks)}
        self._masks: dict[str, int] = {}
        for name in tasks:
            self._fill(name)

    def __call__(self, task: str, other: str) -> bool:
        return bool(self._masks.get(task, 0) & self._bits.get(other, 0))

    def _fill(self, start: str) -> None:
        """Finds what *start* waits for, and first of all that. Without recursion; a cycle ends."""
        todo, entered = [start], set()
        while todo:
            name = todo[-1]
            needed = [each for each in self._tasks[name].dependencies if each in self._bits]
            open_ones = [each for each in needed if each not in self._masks and each not in entered]
            entered.add(name)
            if open_ones and name not in self._masks:
                todo.extend(open_ones)
                continue
            mask = self._masks.get(name, 0)
            for each in needed:
                mask |= self._bits[each] | self._masks.get(each, 0)
            self._masks[name] = mask
            todo.pop()
